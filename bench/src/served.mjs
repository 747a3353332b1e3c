import { buildLoad } from "./build.mjs";
import { commandOf } from "./peers.mjs";
import { chooseCores, runJson, startServer } from "./processes.mjs";
import { sampleAll } from "./sampler.mjs";
import { CLEAN_WAIT, summarize } from "./statistics.mjs";

/** @import { Entry } from "./sampler.mjs" */
/** @import { Started } from "./processes.mjs" */
/** @import { LoadCase, Measured, Missing, Run, Sample } from "./types.js" */

const SAMPLE_SECONDS = 0.2;
const WARMUP_SECONDS = 0.06;
const FIRST_SECONDS = 0.4;

/** Every server is started so often: one start is up to 5 % faster or slower than the next, for as long as it runs. */
const STARTS = 3;

/**
 * Measures servers with a load client: all run at once, pinned to one core, and are sampled in turn.
 *
 * @param {Run} run whose cases are load cases
 * @param {"server" | "both"} cpuOf whose CPU an operation costs: on loopback, bulk work moves to whichever side idles
 * @returns {Promise<Measured>}
 */
export async function measureServed(run, cpuOf) {
  const { cores, note } = chooseCores(run.options);
  const cases = /** @type {readonly LoadCase[]} */ (run.cases);
  const { reference } = run.workload;
  for (const at of cases) buildLoad(at.load);
  /** @type {Map<string, Started>} */
  const servers = new Map();
  /** @type {Missing[]} */
  const missing = [];
  const toTake = { cpuOf, core: cores?.client, isVerified: run.options.isVerified };
  const entries = cases.flatMap((at) => run.peers.map(({ name }) => makeEntry(at, name, servers, toTake)));
  for (let start = 1; start <= STARTS; start += 1) {
    try {
      await startAll(run, { servers, missing, core: cores?.server });
      const present = entries.filter((entry) => servers.has(entry.peer));
      await warmUp(cases, servers, cores?.client, run.log);
      const rounds = Math.ceil((run.rounds * start) / STARTS);
      await sampleAll(present, { reference, rounds, maxSeconds: run.options.maxSeconds / STARTS, log: run.log });
    } finally {
      await Promise.all([...servers.values()].map((server) => server.stop()));
      servers.clear();
    }
  }
  return {
    rows: summarizeAll(entries, reference),
    missing: [...missing, ...failuresOf(entries)],
    method:
      `samples of ${SAMPLE_SECONDS} s in shuffled order over ${STARTS} starts of each server, kept when other work kept ` +
      `server and client waiting under ${CLEAN_WAIT * 100} % of the time, against the reference sample nearest in time; ` +
      `${note}; CPU of ${cpuOf === "both" ? "server and client" : "the server"}`,
  };
}

/**
 * @param {LoadCase} at
 * @param {string} peer
 * @param {ReadonlyMap<string, Started>} servers those that run now
 * @param {Parameters<typeof takeSample>[2]} options
 * @returns {Entry}
 */
function makeEntry(at, peer, servers, options) {
  const take = async () => {
    const server = servers.get(peer);
    if (server === undefined) throw new Error("it does not run");
    return await takeSample(at, server, options);
  };
  return { case: at.name, peer, take, samples: [], failure: undefined };
}

/**
 * Starts the servers of all peers; of those that cannot be started, says why, once.
 *
 * @param {Run} run
 * @param {{ servers: Map<string, Started>, missing: Missing[], core: number | undefined }} into
 */
async function startAll(run, { servers, missing, core }) {
  for (const peer of run.peers) {
    if (missing.some((one) => one.peer === peer.name)) continue;
    try {
      servers.set(peer.name, await startServer(commandOf(peer, run.options), core));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      missing.push({ peer: peer.name, reason });
      run.log(`${peer.name}: left out: ${reason}`);
    }
  }
}

/**
 * Lets compilers that work while the program runs do so before the first sample.
 *
 * @param {readonly LoadCase[]} cases
 * @param {ReadonlyMap<string, Started>} servers
 * @param {number | undefined} core
 * @param {(line: string) => void} log
 */
async function warmUp(cases, servers, core, log) {
  for (const [peer, server] of servers) {
    for (const at of cases) {
      try {
        await runJson(loadCommand(at, server, { seconds: FIRST_SECONDS, isVerified: true }), core);
      } catch (error) {
        log(`${peer} at ${at.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

/**
 * @param {LoadCase} at
 * @param {Started} server
 * @param {{ seconds: number, isVerified: boolean }} options
 */
function loadCommand(at, server, { seconds, isVerified }) {
  const values = {
    port: server.port,
    pids: server.pid,
    conns: at.conns,
    size: at.size,
    depth: at.depth,
    seconds,
    warmup: WARMUP_SECONDS,
    verify: isVerified ? 1 : 0,
  };
  return [buildLoad(at.load), ...Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)])];
}

/**
 * @param {LoadCase} at
 * @param {Started} server
 * @param {{ cpuOf: "server" | "both", core: number | undefined, isVerified: boolean }} options
 * @returns {Promise<Sample>}
 */
async function takeSample(at, server, { cpuOf, core, isVerified }) {
  const report = await runJson(loadCommand(at, server, { seconds: SAMPLE_SECONDS, isVerified }), core);
  const {
    seconds = 0,
    operations = 0,
    serverCpu = 0,
    clientCpu = 0,
    serverWait = 0,
    clientWait = 0,
    foreignCpu = 0,
  } = report;
  if (operations === 0) throw new Error("nothing came back");
  const cpu = cpuOf === "both" ? serverCpu + clientCpu : serverCpu;
  return {
    at: Date.now() / 1000,
    rate: operations / seconds,
    cpu: (cpu / operations) * 1e6,
    // Threads of one server wait for one another too; what others did is at most what they ran.
    wait: (Math.min(serverWait, foreignCpu) + Math.min(clientWait, foreignCpu)) / seconds,
    figures: {
      ...(report.p50 !== undefined && { p50: report.p50 }),
      ...(report.p99 !== undefined && { p99: report.p99 }),
      serverUse: serverCpu / seconds,
      clientUse: clientCpu / seconds,
    },
  };
}

/**
 * The rows of all entries that have samples.
 *
 * @param {readonly Entry[]} entries
 * @param {string} reference
 * @param {number} [fewest] clean samples that do
 */
export function summarizeAll(entries, reference, fewest) {
  return entries.flatMap((entry) => {
    const beside = entries.find((other) => other.case === entry.case && other.peer === reference);
    const row = summarize(entry, entry.samples, beside?.samples ?? [], fewest);
    return row === undefined ? [] : [row];
  });
}

/**
 * @param {readonly Entry[]} entries
 * @returns {Missing[]}
 */
export function failuresOf(entries) {
  return entries.flatMap(({ peer, case: at, failure }) =>
    failure === undefined ? [] : [{ peer, reason: `at ${at}: ${failure}` }],
  );
}
