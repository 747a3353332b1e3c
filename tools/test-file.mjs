// Runs one file of tests in a process of its own.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const REPORTER = new URL("test-reporter.mjs", import.meta.url).href;
/** Milliseconds a test, or a file of tests, may take. */
export const TIME_LIMIT = Number(process.env.BELFRY_TEST_TIME_LIMIT ?? 120_000);
/** Milliseconds from its end to the end of its output. */
const LAST_OUTPUT = 1000;

/**
 * @typedef {object} FileResult
 * @property {string} file
 * @property {number} passed
 * @property {number} failed at least one when the process failed, whatever its tests said
 * @property {number} skipped
 * @property {number} seconds
 * @property {readonly { name: string, reason: string }[]} failures what failed, and why
 * @property {string} output everything it printed, Node's own report among it
 */

/**
 * Runs a file to its end, or to the end of its time.
 *
 * @param {string} root where it runs
 * @param {string} file from `root`
 * @param {number} timeLimit milliseconds for each of its tests, and for all of them
 * @returns {Promise<FileResult>}
 */
export async function runTestFile(root, file, timeLimit) {
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "belfry-test-results-"));
  const lines = join(folder, "results");
  try {
    const { output, trouble } = await run(root, [
      "--import",
      "tsx",
      // A process for the runner and one for the tests: reporters write, and tests count writes and descriptors.
      "--test",
      `--test-timeout=${timeLimit}`,
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      `--test-reporter=${REPORTER}`,
      `--test-reporter-destination=${lines}`,
      file,
    ]);
    return { file, ...count(readResults(lines), trouble), seconds: (performance.now() - started) / 1000, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} root
 * @param {string[]} args
 * @returns {Promise<{ output: string, trouble: string | undefined }>} `trouble`: how it ended when not well
 */
async function run(root, args) {
  const env = { ...process.env };
  // Set where a test runs this, and then an inner runner would talk to the outer.
  delete env.NODE_TEST_CONTEXT;
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => (output += text));
  }
  const { status, signal } = await ended(child);
  return { output, trouble: status === 0 ? undefined : `ended with ${signal ?? `status ${status}`}` };
}

/** @param {import("node:child_process").ChildProcess} child */
function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status, signal }));
    // A process that a test leaves behind may hold the pipes for as long as it likes.
    child.once("exit", (status, signal) => setTimeout(resolve, LAST_OUTPUT, { status, signal }).unref());
  });
}

/** @param {string} path @returns {import("./test-reporter.mjs").Result[]} */
function readResults(path) {
  const lines = readFileSync(path, { encoding: "utf8", flag: "a+" }).split("\n");
  // Behind the last newline is nothing, or what a process that was killed could not finish.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

/**
 * @param {import("./test-reporter.mjs").Result[]} results
 * @param {string | undefined} trouble how the process ended when not well
 */
function count(results, trouble = results.length === 0 ? "has no test" : undefined) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { kind } of results) counts[kind] += 1;
  const failures = results.flatMap(({ kind, name, reason = "" }) => (kind === "failed" ? [{ name, reason }] : []));
  // A process with a failed test ends badly too, and that is no second failure.
  if (trouble === undefined || failures.length > 0) return { ...counts, failures };
  return { ...counts, failed: 1, failures: [{ name: "the file", reason: trouble }] };
}
