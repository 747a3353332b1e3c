// A reporter for Node's test runner that people do not read: a line of JSON for each result, for `test-file.mjs`.

import { resolve } from "node:path";

/**
 * @typedef {object} Result
 * @property {"passed" | "failed" | "skipped"} kind
 * @property {string} name the test's, after those of the suites it stands in
 * @property {string} [reason] why it failed
 */

/**
 * Yields a line for each test, and for each suite that failed by itself: in a hook, say.
 *
 * @param {AsyncIterable<import("node:test/reporters").TestEvent>} events
 */
export default async function* report(events) {
  /** The test under way at each depth. @type {string[]} */
  const names = [];
  for await (const { type, data } of events) {
    if (type === "test:start") names[data.nesting] = data.name;
    if (type !== "test:pass" && type !== "test:fail") continue;
    const result = resultOf(type, data);
    if (result === undefined || (result.kind === "passed" && isFile(data.name))) continue;
    const name = [...names.slice(0, data.nesting), data.name].join(" › ");
    yield `${JSON.stringify({ ...result, name })}\n`;
  }
}

/**
 * @param {"test:pass" | "test:fail"} type
 * @param {any} data the event's
 * @returns {Omit<Result, "name"> | undefined} none for a suite that says only what its tests have said
 */
function resultOf(type, { details, skip, todo }) {
  const isSuite = details.type === "suite";
  if (skip !== undefined || todo !== undefined) return isSuite ? undefined : { kind: "skipped" };
  if (type === "test:pass") return isSuite ? undefined : { kind: "passed" };
  const { error } = details;
  if (isSuite && error?.failureType === "subtestsFailed") return undefined;
  const cause = error?.cause ?? error;
  return { kind: "failed", reason: String(cause?.stack ?? cause?.message ?? cause) };
}

/** Whether the runner says something of the whole file: that it failed to load, or has no test. @param {string} name */
function isFile(name) {
  return resolve(name) === resolve(process.argv.at(-1) ?? "");
}
