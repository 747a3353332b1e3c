// What a check gives back, and how a check that is run by itself shows it.

import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} Report
 * @property {readonly string[]} findings what is wrong, one line or more each; none when all is well
 * @property {string} summary what was looked at, in one line
 */

/**
 * Whether the module at `url` is the program that was started.
 *
 * @param {string} url its `import.meta.url`
 */
export function isMain(url) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(url);
}

/**
 * Prints a report and sets the exit status: 0 without findings, else 1.
 *
 * @param {string} name
 * @param {Report} report
 */
export function show(name, { findings, summary }) {
  for (const finding of findings) console.log(finding);
  console.log(`${name}: ${summary}; ${findings.length === 0 ? "clean" : `${findings.length} findings`}`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
