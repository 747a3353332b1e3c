// `npm test`: installs and builds what is missing, then runs every test and counts them.
//   npm test                      all suites
//   npm test -- packages/net      the test files whose path starts so
// The last line is `N passed, N failed`, with `, N skipped` where tests were.

import { findTests, runTests } from "./node-tests.mjs";
import { prepare, ROOT } from "./prepare.mjs";
import { printSummary } from "./summary.mjs";

const SUITES = ["packages", "examples", "tools", "interop", "bench"];

const wanted = process.argv.slice(2);
const files = SUITES.flatMap((suite) => findTests(ROOT, suite)).filter(
  (file) => wanted.length === 0 || wanted.some((start) => file.startsWith(start)),
);
if (files.length === 0) {
  console.error(`Cannot test: no test file${wanted.length > 0 ? ` under ${wanted.join(", ")}` : ""}`);
  process.exit(1);
}
prepare();
printSummary(await runTests(ROOT, files));
