// Finds files of tests and runs them, some at a time.

import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, sep } from "node:path";
import { runTestFile, TIME_LIMIT } from "./test-file.mjs";

const TEST_FILE = /\.test\.(?:ts|mjs)$/;
const NOT_OURS = /(?:^|\/)(?:node_modules|dist|\.build|\.peers)\//;
/** More files than that do not fail by chance. */
const MOST_AGAIN = 8;

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
 * Runs test files, each in a process of its own.
 *
 * @param {string} root
 * @param {readonly string[]} files from `root`, at least one
 * @param {object} [options]
 * @param {boolean} [options.isAgain] whether what failed runs once more, with nothing beside it: on a busy machine time
 *   runs out for tests that are right. What passes then counts as passed, and is in `unsteady`. Default false
 * @param {number} [options.timeLimit] milliseconds for each test, and for each file. Default 120,000, or what
 *   BELFRY_TEST_TIME_LIMIT says
 * @param {(result: import("./test-file.mjs").FileResult) => void} [options.onResult] told of each run as it ends
 * @returns {Promise<{ passed: number, failed: number, skipped: number,
 *   failures: Failure[], unsteady: Failure[] }>}
 */
export async function runTests(root, files, { isAgain = false, timeLimit = TIME_LIMIT, onResult = () => {} } = {}) {
  if (files.length === 0) throw new RangeError("Cannot run tests: no files");
  /** @type {Map<string, import("./test-file.mjs").FileResult>} */
  const results = new Map();
  const runOne = async (/** @type {string} */ file) => {
    const result = await runTestFile(root, file, timeLimit);
    results.set(file, result);
    onResult(result);
  };
  const waiting = [...files];
  const runNext = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await runOne(file);
  };
  // At least two: most tests wait more than they work.
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, runNext));

  const first = failuresOf(results.values());
  const failed = [...new Set(first.map(({ file }) => file))];
  if (isAgain && failed.length <= MOST_AGAIN) for (const file of failed) await runOne(file);

  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const result of results.values()) {
    sum.passed += result.passed;
    sum.failed += result.failed;
    sum.skipped += result.skipped;
  }
  return {
    ...sum,
    failures: failuresOf(results.values()),
    unsteady: first.filter(({ file }) => hasPassed(results, file)),
  };
}

/** @typedef {{ file: string, name: string, reason: string }} Failure */

/** @param {Iterable<import("./test-file.mjs").FileResult>} results @returns {Failure[]} */
function failuresOf(results) {
  return [...results].flatMap(({ file, failures }) => failures.map((failure) => ({ file, ...failure })));
}

/** @param {Map<string, import("./test-file.mjs").FileResult>} results @param {string} file */
function hasPassed(results, file) {
  return results.get(file)?.failed === 0;
}
