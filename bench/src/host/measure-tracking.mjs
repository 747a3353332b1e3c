import { measureDriven } from "../driven.mjs";
import { measureServed } from "../served.mjs";

/** @import { LoadCase, Measured, Peer, Run, TrackingCase } from "../types.js" */

/** One start is up to 5 % faster or slower than the next, and 3 % are to be seen. */
const STARTS = 5;

/**
 * Measures what it costs to know of tasks: those that use channels are driven, those that echo are served with clients.
 *
 * @param {Run} run whose cases are tracking cases
 * @returns {Promise<Measured>}
 */
export async function measureTracking(run) {
  const cases = /** @type {readonly TrackingCase[]} */ (run.cases);
  const parts = [...new Set(cases.map(partOf))];
  /** @type {Measured[]} */
  const measured = [];
  for (const part of parts) {
    const here = cases.filter((at) => partOf(at) === part);
    measured.push(await measurePart(run, here, parts.length));
  }
  return {
    rows: measured.flatMap(({ rows }) => rows),
    missing: measured.flatMap(({ missing }) => missing),
    method: [...new Set(measured.map(({ method }) => method))].join("; and for echo: "),
  };
}

/** What can be measured at a time. @param {TrackingCase} at */
function partOf({ echo, node = "" }) {
  return `${echo === undefined ? "channels" : "echo"} ${node}`;
}

/**
 * @param {Run} run
 * @param {readonly TrackingCase[]} cases all driven or all served, and on the same Node
 * @param {number} parts that share the time
 * @returns {Promise<Measured>}
 */
async function measurePart(run, cases, parts) {
  const [first] = cases;
  const node = first?.node ?? run.options.node;
  const options = { ...run.options, node, maxSeconds: Math.ceil(run.options.maxSeconds / parts) };
  const isEcho = first?.echo !== undefined;
  const peers = run.peers.map((peer) => (isEcho ? asServer(peer) : peer));
  // Servers and programs know their cases by what is done alone.
  const done = cases.map((at) => ({ ...at, ...at.echo, name: at.does }));
  const part = { ...run, options, peers, cases: /** @type {readonly LoadCase[]} */ (done) };
  const measured = await (isEcho ? measureServed(part, "server", STARTS) : measureDriven(part, STARTS));
  const named = (/** @type {string} */ does) => cases.find((at) => at.does === does)?.name ?? does;
  return { ...measured, rows: measured.rows.map((row) => ({ ...row, case: named(row.case) })) };
}

/** @param {Peer} peer @returns {Peer} */
function asServer({ args = [], ...peer }) {
  return { ...peer, program: "serve", args: ["echo", ...args.filter((mode) => mode !== "bare")] };
}
