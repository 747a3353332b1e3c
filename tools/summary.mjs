// What `npm test` and `npm run check` end with: what failed, and the line that people read and scripts add up.

import { appendFileSync, writeFileSync } from "node:fs";

/** Lines of a failure's reason that are shown. */
const REASON_LINES = 20;

/**
 * Prints `N passed, N failed`, with `, N skipped` where there were any, and sets the exit status. With BELFRY_SUMMARY
 * in the environment the line goes to the file of that name too, apart from what tests print.
 *
 * @param {{ passed: number, failed: number, skipped?: number }} counts
 */
export function printSummary({ passed, failed, skipped = 0 }) {
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  const file = process.env.BELFRY_SUMMARY;
  if (file !== undefined && file !== "") writeFileSync(file, `${line}\n`);
  console.log(line);
  // A run that counted nothing is no green run.
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

/**
 * Prints what failed under a heading; nothing when nothing did. With BELFRY_FAILURES in the environment it is added to
 * the file of that name too, for the end of a long log.
 *
 * @param {string} heading
 * @param {readonly import("./node-tests.mjs").Failure[]} failures
 */
export function printFailures(heading, failures) {
  if (failures.length === 0) return;
  const text = `${heading}\n${failures.map(describeFailure).join("\n")}\n`;
  const file = process.env.BELFRY_FAILURES;
  if (file !== undefined && file !== "") appendFileSync(file, text);
  process.stdout.write(`\n${text}\n`);
}

/** @param {import("./node-tests.mjs").Failure} failure */
function describeFailure({ file, name, reason }) {
  const lines = reason.trimEnd().split("\n").slice(0, REASON_LINES);
  return `  ${file}: ${name}\n${lines.map((line) => `    ${line}`).join("\n")}`;
}
