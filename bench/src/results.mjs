import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeCommit, describeMachine, describeVersions } from "./environment.mjs";
import { RESULTS } from "./paths.mjs";

/** @import { Measured, Result, Run } from "./types.js" */

/**
 * A run's findings with all that is needed to judge and repeat it.
 *
 * @param {Run} run
 * @param {Measured} measured
 * @returns {Result}
 */
export function makeResult({ workload, cases, peers, rounds, options }, measured) {
  return {
    workload: workload.name,
    title: workload.title,
    about: workload.about,
    reference: workload.reference,
    takenAt: new Date().toISOString(),
    command: ["npm run bench --", ...process.argv.slice(2)].join(" "),
    commit: describeCommit(),
    machine: describeMachine(),
    versions: describeVersions(options.node),
    method: measured.method,
    rounds,
    cases: cases.map(({ name, title }) => ({ name, title })),
    peers: peers.map(({ name, label }) => ({ name, label })),
    columns: workload.columns,
    rows: measured.rows.map((row) => ({ ...row, figures: roundAll(row.figures), ratios: roundRatios(row.ratios) })),
    missing: measured.missing,
  };
}

/** @param {Result} result */
export function writeResult(result) {
  mkdirSync(RESULTS, { recursive: true });
  const path = join(RESULTS, `${result.workload}.json`);
  writeFileSync(path, `${JSON.stringify(result, undefined, 2)}\n`);
  return path;
}

/**
 * The kept results, in the order of `names`.
 *
 * @param {readonly string[]} names
 * @returns {Result[]}
 */
export function readResults(names) {
  let files;
  try {
    files = readdirSync(RESULTS);
  } catch {
    return [];
  }
  return names
    .filter((name) => files.includes(`${name}.json`))
    .map((name) => JSON.parse(readFileSync(join(RESULTS, `${name}.json`), "utf8")));
}

/** @param {Readonly<Record<string, number>>} figures */
function roundAll(figures) {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value)]));
}

/** @param {Readonly<Record<string, import("./types.js").Ratio>>} ratios */
function roundRatios(ratios) {
  return Object.fromEntries(
    Object.entries(ratios).map(([name, { median, low, high }]) => [
      name,
      { median: round(median), low: round(low), high: round(high) },
    ]),
  );
}

/** Five figures are more than any measurement here holds. @param {number} value */
function round(value) {
  return Number(value.toPrecision(5));
}
