import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { readAccount } from "./accounts.mjs";
import { commandOf } from "./peers.mjs";
import { chooseCores, firstError, launch, parseReport, stop } from "./processes.mjs";
import { sampleAll } from "./sampler.mjs";
import { failuresOf, summarizeAll } from "./served.mjs";
import { CLEAN_WAIT } from "./statistics.mjs";

/** @import { ChildProcess } from "node:child_process" */
/** @import { Entry } from "./sampler.mjs" */
/** @import { Measured, Missing, Run, Sample } from "./types.js" */

const SAMPLE_SECONDS = 0.2;
const FIRST_SECONDS = 0.5;
const ANSWER_MS = 10_000;

/**
 * A program that runs a case for each line `CASE SECONDS` it reads.
 *
 * @typedef {{ child: ChildProcess, answers: AsyncIterator<string>, said: string }} Driven
 */

/**
 * Measures programs that do their work within themselves: all run at once on one core, and are told in turn to work.
 *
 * @param {Run} run
 * @param {number} [starts] of each program
 * @returns {Promise<Measured>}
 */
export async function measureDriven(run, starts = 1) {
  /** @type {Map<string, Driven>} */
  const running = new Map();
  /** @type {Missing[]} */
  const missing = [];
  const entries = run.cases.flatMap((at) =>
    run.peers
      .filter(({ cases }) => cases === undefined || cases.includes(at.name))
      .map(({ name }) => makeEntry({ case: at.name, peer: name }, running)),
  );
  const { reference } = run.workload;
  for (let start = 1; start <= starts; start += 1) {
    startAll(run, running, missing);
    const present = entries.filter((entry) => running.has(entry.peer) && entry.failure === undefined);
    const rounds = Math.ceil((run.rounds * start) / starts);
    const maxSeconds = run.options.maxSeconds / starts;
    try {
      for (const entry of present) await entry.warmUp().catch((error) => run.log(`${entry.peer}: ${error.message}`));
      await sampleAll(present, { reference, rounds, maxSeconds, log: run.log });
    } finally {
      await Promise.all([...running.values()].map(({ child }) => stop(child)));
      running.clear();
    }
  }
  const often = starts === 1 ? "" : ` over ${starts} starts of each program`;
  return {
    rows: summarizeAll(entries, reference),
    missing: [...missing, ...failuresOf(entries)],
    method:
      `samples of ${SAMPLE_SECONDS} s in shuffled order${often}, kept when the program waited under ${CLEAN_WAIT * 100} % on run ` +
      `queues, against the reference sample nearest in time; one core, GOMAXPROCS=1`,
  };
}

/**
 * @param {{ case: string, peer: string }} of
 * @param {ReadonlyMap<string, Driven>} running those that run now
 */
function makeEntry(of, running) {
  const workFor = async (/** @type {number} */ seconds) => {
    const driven = running.get(of.peer);
    if (driven === undefined) throw new Error("it does not run");
    return await work(driven, of.case, seconds);
  };
  /** @type {Entry & { warmUp: () => Promise<unknown> }} */
  const entry = {
    ...of,
    take: () => workFor(SAMPLE_SECONDS),
    warmUp: () => workFor(FIRST_SECONDS),
    samples: [],
    failure: undefined,
  };
  return entry;
}

/**
 * @param {Run} run
 * @param {Map<string, Driven>} running
 * @param {Missing[]} missing
 */
function startAll(run, running, missing) {
  const { cores } = chooseCores(run.options);
  for (const peer of run.peers) {
    if (missing.some((one) => one.peer === peer.name)) continue;
    try {
      running.set(peer.name, start(commandOf(peer, run.options), cores?.server));
    } catch (error) {
      missing.push({ peer: peer.name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
}

/**
 * @param {readonly string[]} command
 * @param {number | undefined} core
 * @returns {Driven}
 */
function start(command, core) {
  const child = launch(command, core, ["pipe", "pipe", "pipe"]);
  if (child.stdout === null) throw new Error("it has no output");
  const driven = { child, answers: createInterface({ input: child.stdout })[Symbol.asyncIterator](), said: "" };
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    if (driven.said.length < 65_536) driven.said += text;
  });
  // A program that has ended shows itself by the missing answer.
  child.stdin?.on("error", () => {});
  return driven;
}

/**
 * @param {Driven} driven
 * @param {string} name
 * @param {number} seconds
 * @returns {Promise<Sample>}
 */
async function work(driven, name, seconds) {
  const { child, answers } = driven;
  const pid = child.pid ?? 0;
  const before = readAccount(pid);
  child.stdin?.write(`${name} ${seconds}\n`);
  const timeout = new AbortController();
  const late = delay(ANSWER_MS, undefined, { signal: timeout.signal }).then(
    () => ({ value: '{"error":"no answer in time"}', done: false }),
    () => ({ value: "", done: true }),
  );
  const answer = await Promise.race([answers.next(), late]);
  const after = readAccount(pid);
  timeout.abort();
  if (answer.done === true) throw new Error(firstError(driven.said) ?? "it has ended");
  const report = parseReport(answer.value);
  const { operations = 0, seconds: took = seconds } = report;
  return {
    at: Date.now() / 1000,
    rate: operations / took,
    cpu: ((after.cpu - before.cpu) / operations) * 1e6,
    wait: (after.wait - before.wait) / took,
    figures: {},
  };
}
