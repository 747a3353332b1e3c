// Compiles code snippets together under the project's own strictness, and runs each in a process of its own.

import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./prepare.mjs";

/** Milliseconds a snippet may run. */
const TIME_LIMIT = 20_000;
/** Node's exit status for a module whose top-level await never settled. */
const UNSETTLED = 13;

/**
 * @typedef {object} Snippet
 * @property {string} file where it stands, from the root
 * @property {number} line of its first line of code there
 * @property {string} code
 * @property {boolean} isRun whether to run it too
 */

/** @typedef {Snippet & { name: string }} NamedSnippet */

/**
 * @param {string} root the checkout whose packages the snippets import
 * @param {readonly Snippet[]} snippets
 * @returns {Promise<string[]>} what is wrong with them
 */
export async function checkSnippets(root, snippets) {
  const named = snippets.map((each) => ({ ...each, name: `${each.file.replaceAll(/[^\w]+/g, "-")}-${each.line}` }));
  // Inside the checkout, so that the packages' names resolve as they do for its programs.
  mkdirSync(join(root, "dist"), { recursive: true });
  const folder = mkdtempSync(join(root, "dist", "snippets-"));
  try {
    const findings = compile(folder, named);
    const runnable = named.filter((each) => each.isRun);
    return findings.length > 0 ? findings : await runAll(folder, runnable);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder @param {NamedSnippet[]} snippets */
function compile(folder, snippets) {
  for (const { name, code } of snippets) writeFileSync(join(folder, `${name}.ts`), `${code}\n`);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(ROOT, "tsconfig.base.json"),
      compilerOptions: {
        composite: false,
        incremental: false,
        declaration: false,
        declarationMap: false,
        moduleDetection: "force",
        noUnusedLocals: false,
        noUnusedParameters: false,
        pretty: false,
      },
      files: snippets.map(({ name }) => `${name}.ts`),
    }),
  );
  if (snippets.length === 0) return [];
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: folder, encoding: "utf8" });
  if (status === 0) return [];
  const byName = new Map(snippets.map((each) => [each.name, each]));
  return `${stdout}${stderr}`
    .trim()
    .split("\n")
    .map((text) => {
      return text.replace(/^([\w-]+)\.ts\((\d+),\d+\)/, (all, name, line) => {
        const snippet = byName.get(name);
        return snippet === undefined ? all : `${snippet.file}:${snippet.line + Number(line) - 1}`;
      });
    });
}

/** @param {string} folder @param {NamedSnippet[]} snippets */
async function runAll(folder, snippets) {
  const waiting = [...snippets];
  /** @type {string[]} */
  const findings = [];
  // An empty folder to run in, so that a snippet that writes files leaves none behind.
  const cwd = mkdtempSync(join(tmpdir(), "belfry-snippets-"));
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const problem = await runOne(join(folder, `${next.name}.js`), cwd);
      if (problem !== undefined) findings.push(`${next.file}:${next.line}: ${problem}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
  return findings.sort();
}

/** @param {string} file @param {string} cwd @returns {Promise<string | undefined>} what went wrong */
function runOne(file, cwd) {
  return new Promise((resolve) => {
    const options = { cwd, timeout: TIME_LIMIT, killSignal: /** @type {const} */ ("SIGKILL") };
    const child = execFile(process.execPath, ["--enable-source-maps", file], options, (error, stdout, stderr) => {
      if (error === null) resolve(undefined);
      else if (error.killed === true)
        resolve(`does not end within ${TIME_LIMIT / 1000} s: end it, or mark it \`ts no-run\``);
      else if (error.code === UNSETTLED)
        resolve("never ends: nothing is left to happen, and an await at its top still waits");
      else resolve(`fails when run (exit status ${error.code ?? error.signal}):\n${stdout}${stderr}`.trimEnd());
    });
    child.stdin?.end();
  });
}
