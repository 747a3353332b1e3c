// `npm test`: installs and builds what is missing, then runs every test and counts them.
//   npm test                      all suites
//   npm test -- packages/net      the test files whose path starts so
//   npm test -- --verbose …       with each test's name, also where all is well
// With CI in the environment, files that fail run once more, alone; what passes only then is named.
// The last line is `N passed, N failed`, with `, N skipped` where tests were.

import { parseArgs } from "node:util";
import { findTests, runTests } from "./node-tests.mjs";
import { prepare, ROOT } from "./prepare.mjs";
import { printFailures, printSummary } from "./summary.mjs";

const SUITES = ["packages", "examples", "tools", "interop", "bench"];

const { values, positionals: wanted } = parseArgs({
  options: { verbose: { type: "boolean", short: "v", default: false } },
  allowPositionals: true,
});
const files = SUITES.flatMap((suite) => findTests(ROOT, suite)).filter(
  (file) => wanted.length === 0 || wanted.some((start) => file.startsWith(start)),
);
if (files.length === 0) {
  console.error(`Cannot test: no test file${wanted.length > 0 ? ` under ${wanted.join(", ")}` : ""}`);
  process.exit(1);
}
prepare();
const { failures, unsteady, ...counts } = await runTests(ROOT, files, {
  isAgain: process.env.CI !== undefined,
  onResult: showFile,
});
printFailures(`Passed on Node ${process.versions.node} only when run again, alone:`, unsteady);
printFailures(`Failed on Node ${process.versions.node}:`, failures);
printSummary(counts);

/** @param {import("./test-file.mjs").FileResult} result */
function showFile({ file, passed, failed, skipped, seconds, output }) {
  const counted = `${passed} passed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  console.log(`${failed === 0 ? "ok  " : "FAIL"} ${seconds.toFixed(1).padStart(5)} s  ${file}: ${counted}`);
  if (failed > 0 || values.verbose) process.stdout.write(output);
}
