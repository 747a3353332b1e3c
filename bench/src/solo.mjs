import { commandOf } from "./peers.mjs";
import { chooseCores, runJson, startServer } from "./processes.mjs";
import { buildLoad } from "./build.mjs";
import { summarizeAll } from "./served.mjs";

/** @import { Entry } from "./sampler.mjs" */
/** @import { Case, Cores, Measured, Missing, Peer, Run, Sample } from "./types.js" */

/**
 * How one load client measures a server that has the machine to itself.
 *
 * @typedef {object} Solo
 * @property {"idle" | "clock"} load
 * @property {(at: Case) => Record<string, string | number>} args of the client, by name
 * @property {(report: Record<string, number>) => Sample} toSample
 * @property {string} method
 */

/**
 * Measures servers one after the other, each run with a server of its own.
 *
 * @param {Run} run
 * @param {Solo} solo
 * @returns {Promise<Measured>}
 */
export async function measureSolo(run, solo) {
  buildLoad(solo.load);
  const measured = await measureAlone(run, (at, peer, cores) => runOnce(run, solo, { at, peer, cores }));
  return { ...measured, method: `${solo.method}; ${chooseCores(run.options).note}` };
}

/**
 * Takes one sample after the other, in rounds over all cases and peers.
 *
 * @param {Run} run
 * @param {(at: Case, peer: Peer, cores: Cores | undefined) => Promise<Sample>} take starts and ends a server of its own
 * @returns {Promise<Pick<Measured, "rows" | "missing">>}
 */
export async function measureAlone(run, take) {
  const { cores } = chooseCores(run.options);
  /** @type {Missing[]} */
  const missing = [];
  /** @type {Entry[]} */
  const entries = [];
  for (let round = 0; round < run.rounds; round += 1) {
    for (const at of run.cases) {
      for (const peer of run.peers) {
        if (missing.some((one) => one.peer === peer.name)) continue;
        if (peer.cases !== undefined && !peer.cases.includes(at.name)) continue;
        try {
          entryOf(entries, at, peer).samples.push(await take(at, peer, cores));
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          missing.push({ peer: peer.name, reason });
          run.log(`${peer.name}: left out: ${reason}`);
        }
      }
    }
    run.log(`${run.workload.name}: run ${round + 1} of ${run.rounds} done`);
  }
  return { rows: summarizeAll(entries, run.workload.reference, 1), missing };
}

/**
 * @param {Run} run
 * @param {Solo} solo
 * @param {{ at: Case, peer: Peer, cores: Cores | undefined }} what
 */
async function runOnce(run, solo, { at, peer, cores }) {
  const server = await startServer(commandOf(peer, run.options), cores?.server);
  try {
    const args = Object.entries({ port: server.port, pids: server.pid, ...solo.args(at) });
    const command = [buildLoad(solo.load), ...args.flatMap(([name, value]) => [`--${name}`, String(value)])];
    return solo.toSample(await runJson(command, cores?.client));
  } finally {
    await server.stop();
  }
}

/**
 * @param {Entry[]} entries
 * @param {Case} at
 * @param {Peer} peer
 */
function entryOf(entries, at, peer) {
  const known = entries.find((entry) => entry.case === at.name && entry.peer === peer.name);
  if (known !== undefined) return known;
  /** @type {Entry} */
  const entry = {
    case: at.name,
    peer: peer.name,
    take: () => Promise.reject(new Error("it is not sampled")),
    samples: [],
    failure: undefined,
  };
  entries.push(entry);
  return entry;
}
