import { buildLoad } from "./build.mjs";
import { commandOf } from "./peers.mjs";
import { chooseCores, runJson, startServer } from "./processes.mjs";
import { sampleAll } from "./sampler.mjs";
import { CLEAN_WAIT, summarize } from "./statistics.mjs";

/** @import { Entry } from "./sampler.mjs" */
/** @import { Started } from "./processes.mjs" */
/** @import { LoadCase, Measured, Missing, Peer, Run, Sample } from "./types.js" */

const SAMPLE_SECONDS = 0.2;
const WARMUP_SECONDS = 0.06;
const FIRST_SECONDS = 0.4;

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
  const { started, missing } = await startAll(run, cores?.server);
  const entries = cases.flatMap((at) =>
    [...started].map(([peer, server]) => ({
      case: at.name,
      peer: peer.name,
      take: () => takeSample(at, server, { cpuOf, core: cores?.client, isVerified: run.options.isVerified }),
      samples: [],
      failure: undefined,
    })),
  );
  try {
    await warmUp(cases, started, cores?.client, run.log);
    await sampleAll(entries, {
      reference: run.workload.reference,
      rounds: run.rounds,
      maxSeconds: run.options.maxSeconds,
      log: run.log,
    });
  } finally {
    await Promise.all([...started.values()].map((server) => server.stop()));
  }
  return {
    rows: summarizeAll(entries, run.workload.reference),
    missing: [...missing, ...failuresOf(entries)],
    method:
      `samples of ${SAMPLE_SECONDS} s in shuffled order, kept when other work kept server and client waiting under ${CLEAN_WAIT * 100} % ` +
      `of the time, against the reference sample nearest in time; ${note}; CPU of ${cpuOf === "both" ? "server and client" : "the server"}`,
  };
}

/**
 * @param {Run} run
 * @param {number | undefined} core
 */
async function startAll(run, core) {
  /** @type {Map<Peer, Started>} */
  const started = new Map();
  /** @type {Missing[]} */
  const missing = [];
  for (const peer of run.peers) {
    try {
      started.set(peer, await startServer(commandOf(peer, run.options), core));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      missing.push({ peer: peer.name, reason });
      run.log(`${peer.name}: left out: ${reason}`);
    }
  }
  return { started, missing };
}

/**
 * Lets compilers that work while the program runs do so before the first sample.
 *
 * @param {readonly LoadCase[]} cases
 * @param {ReadonlyMap<Peer, Started>} started
 * @param {number | undefined} core
 * @param {(line: string) => void} log
 */
async function warmUp(cases, started, core, log) {
  for (const [peer, server] of started) {
    for (const at of cases) {
      try {
        await runJson(loadCommand(at, server, { seconds: FIRST_SECONDS, isVerified: true }), core);
      } catch (error) {
        log(`${peer.name} at ${at.name}: ${error instanceof Error ? error.message : String(error)}`);
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
