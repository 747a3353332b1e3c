// Runs test files under Node's own runner, and counts what it did.

import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, sep } from "node:path";

const TEST_FILE = /\.test\.(?:ts|mjs)$/;
const NOT_OURS = /(?:^|\/)(?:node_modules|dist|\.build|\.peers)\//;
const COUNT = /^# (pass|fail|cancelled|skipped|todo) (\d+)$/;
/** Milliseconds a test, or a file of tests, may take. */
const TIME_LIMIT = Number(process.env.BELFRY_TEST_TIME_LIMIT ?? 120_000);

/**
 * Lists the test files of a folder.
 *
 * @param {string} root
 * @param {string} folder
 * @returns {string[]} paths from `root`, with forward slashes, sorted; none when there is no such folder
 */
export function findTests(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.split(sep).join("/")}`)
    .filter((file) => TEST_FILE.test(file) && !NOT_OURS.test(file))
    .sort();
}

/**
 * Runs test files, each in a process of its own, with their report on standard output.
 *
 * @param {string} root
 * @param {readonly string[]} files from `root`, at least one
 * @param {"inherit" | "ignore"} [output] where the report goes
 */
export async function runTests(root, files, output = "inherit") {
  // Node's runner takes an empty list for "look for yourself", finds none of ours, and calls that a success.
  if (files.length === 0) throw new RangeError("Cannot run tests: no files");
  const args = [
    "--import",
    "tsx",
    "--test",
    `--test-timeout=${TIME_LIMIT}`,
    // Node's own choice, one less than there are processors, is one at a time on a small machine; most tests wait.
    `--test-concurrency=${Math.max(2, availableParallelism())}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=tap",
    "--test-reporter-destination=stderr",
  ];
  const env = { ...process.env };
  // Set in a test's own process, where it would make the inner runner do nothing.
  delete env.NODE_TEST_CONTEXT;
  const child = spawn(process.execPath, [...args, ...files], { cwd: root, env, stdio: ["ignore", output, "pipe"] });
  const counts = countReports(child.stderr);
  const status = await new Promise((resolve) => child.on("close", resolve));
  const failed = counts.fail + counts.cancelled;
  return {
    passed: counts.pass,
    // The runner may fail without naming a test.
    failed: status === 0 ? failed : Math.max(1, failed),
    skipped: counts.skipped + counts.todo,
  };
}

/** @param {import("node:stream").Readable} stream the runner's TAP, whose last lines are the counts */
function countReports(stream) {
  const counts = { pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (/** @type {string} */ text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const match = COUNT.exec(line);
      if (match !== null) counts[/** @type {keyof typeof counts} */ (match[1])] = Number(match[2]);
    }
  });
  return counts;
}
