import { buildLoad } from "./build.mjs";
import { commandOf } from "./peers.mjs";
import { chooseCores, runJson, startServer } from "./processes.mjs";
import { sampleAll } from "./sampler.mjs";
import { CLEAN_WAIT, summarize } from "./statistics.mjs";

/** @import { Entry } from "./sampler.mjs" */
/** @import { Started } from "./processes.mjs" */
/** @import { Case, LoadCase, Measured, Missing, Peer, Run, Sample } from "./types.js" */

const SAMPLE_SECONDS = 0.2;
const WARMUP_SECONDS = 0.06;
const FIRST_SECONDS = 0.4;

/** Every server is started so often: one start is up to 5 % faster or slower than the next, for as long as it runs. */
const STARTS = 3;

/**
 * How servers are run and sampled.
 *
 * @template T what stands for a server that runs
 * @typedef {object} Serving
 * @property {(peer: Peer, core: number | undefined) => Promise<T>} start
 * @property {(at: Case, server: T, core: number | undefined) => Promise<Sample>} take with the client on `core`
 * @property {(at: Case, server: T, core: number | undefined) => Promise<unknown>} warmUp runs a case once and compares what
 *   comes; its failure is told
 * @property {number} starts of each server
 */

/**
 * Measures servers with a load client: all run at once, pinned to one core, and are sampled in turn.
 *
 * @param {Run} run whose cases are load cases
 * @param {"server" | "both"} cpuOf whose CPU an operation costs: on loopback, bulk work moves to whichever side idles
 * @param {number} [starts] of each server
 * @returns {Promise<Measured>}
 */
export async function measureServed(run, cpuOf, starts = STARTS) {
  const { isVerified } = run.options;
  for (const at of run.cases) buildLoad(/** @type {LoadCase} */ (at).load);
  const measured = await measureRunning(run, {
    starts,
    start: (peer, core) => startServer(commandOf(peer, run.options), core),
    take: (at, server, core) => takeSample(/** @type {LoadCase} */ (at), server, { cpuOf, core, isVerified }),
    warmUp: (at, server, core) =>
      runJson(loadCommand(/** @type {LoadCase} */ (at), server, { seconds: FIRST_SECONDS, isVerified: true }), core),
  });
  return {
    ...measured,
    method:
      `samples of ${SAMPLE_SECONDS} s in shuffled order over ${starts} starts of each server, kept when other work kept ` +
      `server and client waiting under ${CLEAN_WAIT * 100} % of the time, against the reference sample nearest in time; ` +
      `${chooseCores(run.options).note}; CPU of ${cpuOf === "both" ? "server and client" : "the server"}`,
  };
}

/**
 * Runs all servers at once, pinned to one core, and samples them in turn, over several starts of each.
 *
 * @template {{ stop: () => Promise<void> }} T
 * @param {Run} run
 * @param {Serving<T>} serving
 * @returns {Promise<Pick<Measured, "rows" | "missing">>}
 */
export async function measureRunning(run, serving) {
  const { cores } = chooseCores(run.options);
  const { reference } = run.workload;
  /** @type {Map<string, T>} */
  const servers = new Map();
  /** @type {Missing[]} */
  const missing = [];
  const entries = run.cases.flatMap((at) =>
    run.peers.flatMap(({ name, cases }) => {
      if (cases !== undefined && !cases.includes(at.name)) return [];
      return [makeEntry({ case: at.name, peer: name }, servers, (server) => serving.take(at, server, cores?.client))];
    }),
  );
  for (let start = 1; start <= serving.starts; start += 1) {
    try {
      await startAll(run, { servers, missing, start: (peer) => serving.start(peer, cores?.server) });
      const present = entries.filter((entry) => servers.has(entry.peer) && entry.failure === undefined);
      await warmUp(run, present, servers, (at, server) => serving.warmUp(at, server, cores?.client));
      const rounds = Math.ceil((run.rounds * start) / serving.starts);
      const maxSeconds = run.options.maxSeconds / serving.starts;
      await sampleAll(present, { reference, rounds, maxSeconds, log: run.log });
    } finally {
      await Promise.all([...servers.values()].map((server) => server.stop()));
      servers.clear();
    }
  }
  return { rows: summarizeAll(entries, reference), missing: [...missing, ...failuresOf(entries)] };
}

/**
 * @template T
 * @param {{ case: string, peer: string }} of
 * @param {ReadonlyMap<string, T>} servers those that run now
 * @param {(server: T) => Promise<Sample>} take
 * @returns {Entry}
 */
function makeEntry(of, servers, take) {
  const takeNow = async () => {
    const server = servers.get(of.peer);
    if (server === undefined) throw new Error("it does not run");
    return await take(server);
  };
  return { ...of, take: takeNow, samples: [], failure: undefined };
}

/**
 * Starts the servers of all peers; of those that cannot be started, says why, once.
 *
 * @template T
 * @param {Run} run
 * @param {{ servers: Map<string, T>, missing: Missing[], start: (peer: Peer) => Promise<T> }} into
 */
async function startAll(run, { servers, missing, start }) {
  for (const peer of run.peers) {
    if (missing.some((one) => one.peer === peer.name)) continue;
    try {
      servers.set(peer.name, await start(peer));
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
 * @template T
 * @param {Run} run
 * @param {readonly Entry[]} entries
 * @param {ReadonlyMap<string, T>} servers
 * @param {(at: Case, server: T) => Promise<unknown>} runOnce
 */
async function warmUp(run, entries, servers, runOnce) {
  for (const { case: name, peer } of entries) {
    const at = run.cases.find((one) => one.name === name);
    const server = servers.get(peer);
    if (at === undefined || server === undefined) continue;
    try {
      await runOnce(at, server);
    } catch (error) {
      run.log(`${peer} at ${name}: ${error instanceof Error ? error.message : String(error)}`);
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
  return toSample(await runJson(loadCommand(at, server, { seconds: SAMPLE_SECONDS, isVerified }), core), cpuOf);
}

/**
 * What a load client has reported, as a sample.
 *
 * @param {Record<string, number>} report
 * @param {"server" | "both"} cpuOf
 * @returns {Sample}
 * @throws {Error} when nothing was done
 */
export function toSample(report, cpuOf) {
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
