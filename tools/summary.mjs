// The last line of `npm test` and `npm run check`, which people read and scripts add up.

import { writeFileSync } from "node:fs";

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
