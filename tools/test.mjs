// `npm test`: installs and builds what is missing, then runs every test and counts them.
//   npm test                      all suites
//   npm test -- packages/net      the test files whose path starts so
// The last line is `N passed, N failed`, with `, N skipped` where tests were.

import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { prepare, ROOT } from "./prepare.mjs";

const SUITES = ["packages", "examples", "tools", "interop", "bench"];
const REPORT = /^# (pass|fail|cancelled|skipped|todo) (\d+)$/;

prepare();
const wanted = process.argv.slice(2);
const files = SUITES.flatMap(findTests).filter((file) => wanted.length === 0 || wanted.some((w) => file.startsWith(w)));
if (files.length === 0) {
  console.error(`Cannot test: no test file${wanted.length > 0 ? ` under ${wanted.join(", ")}` : ""}`);
  process.exit(1);
}
const { counts, status } = await runTests(files);
const failed = counts.fail + counts.cancelled;
const skipped = counts.skipped + counts.todo;
const summary = `${counts.pass} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
if (process.env.BELFRY_TEST_SUMMARY) writeFileSync(process.env.BELFRY_TEST_SUMMARY, `${summary}\n`);
console.log(summary);
// A run that counted nothing, or whose runner failed without naming a test, is no green run.
process.exitCode = status === 0 && failed === 0 && counts.pass > 0 ? 0 : 1;

/** @param {string} folder @returns {string[]} paths from the root, with forward slashes, sorted */
function findTests(folder) {
  /** @type {string[]} */
  const found = [];
  const visit = (/** @type {string} */ at) => {
    let entries;
    try {
      entries = readdirSync(at, { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries) {
      if (entry.name === "node_modules" || entry.name === "dist") continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (/\.test\.(ts|mjs)$/.test(entry.name)) found.push(relative(ROOT, path).split(sep).join("/"));
    }
  };
  visit(join(ROOT, folder));
  return found.sort();
}

/** @param {string[]} list */
async function runTests(list) {
  const counts = { pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
  const child = spawn(
    process.execPath,
    [
      "--import",
      "tsx",
      "--test",
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=tap",
      "--test-reporter-destination=stderr",
      ...list,
    ],
    { cwd: ROOT, stdio: ["ignore", "inherit", "pipe"] },
  );
  let rest = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const match = REPORT.exec(line);
      if (match !== null) counts[/** @type {keyof typeof counts} */ (match[1])] = Number(match[2]);
    }
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  return { counts, status };
}
