// `npm test`: installs and builds what is missing, then runs every test and counts them.
//   npm test                      all suites
//   npm test -- packages/net      the test files whose path starts so
// The last line is `N passed, N failed`, with `, N skipped` where tests were.

import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { prepare, ROOT } from "./prepare.mjs";
import { printSummary } from "./summary.mjs";

const SUITES = ["packages", "examples", "tools", "interop", "bench"];
const TEST_FILE = /\.test\.(?:ts|mjs)$/;
const NOT_OURS = /(?:^|\/)(?:node_modules|dist|\.build|\.peers)\//;
const COUNT = /^# (pass|fail|cancelled|skipped|todo) (\d+)$/;
/** Milliseconds a test, or a file of tests, may take. */
const TIME_LIMIT = 180_000;

prepare();
const wanted = process.argv.slice(2);
const files = SUITES.flatMap(findTests).filter((file) => wanted.length === 0 || wanted.some((w) => file.startsWith(w)));
// Node's runner takes an empty list for "look for yourself", finds none of ours, and calls it a success.
if (files.length === 0) {
  console.error(`Cannot test: no test file${wanted.length > 0 ? ` under ${wanted.join(", ")}` : ""}`);
  process.exit(1);
}
const { counts, status } = await runTests(files);
const failed = counts.fail + counts.cancelled;
printSummary({
  passed: counts.pass,
  // The runner may fail without naming a test.
  failed: status === 0 ? failed : Math.max(1, failed),
  skipped: counts.skipped + counts.todo,
});

/** @param {string} folder @returns {string[]} paths from the root, with forward slashes, sorted */
function findTests(folder) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.split(sep).join("/")}`)
    .filter((file) => TEST_FILE.test(file) && !NOT_OURS.test(file))
    .sort();
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
      `--test-timeout=${TIME_LIMIT}`,
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
  child.stderr.on("data", (/** @type {string} */ text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const match = COUNT.exec(line);
      if (match !== null) counts[/** @type {keyof typeof counts} */ (match[1])] = Number(match[2]);
    }
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  return { counts, status };
}
