import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { readAccount } from "./accounts.mjs";
import { commandOf } from "./peers.mjs";
import { chooseCores, firstError, launch, parseReport, stop } from "./processes.mjs";
import { sampleAll } from "./sampler.mjs";
import { failuresOf, summarizeAll } from "./served.mjs";
import { CLEAN_WAIT } from "./statistics.mjs";

/** @import { ChildProcess } from "node:child_process" */
/** @import { Measured, Missing, Peer, Run, Sample } from "./types.js" */

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
 * @returns {Promise<Measured>}
 */
export async function measureDriven(run) {
  const { cores } = chooseCores(run.options);
  /** @type {Map<Peer, Driven>} */
  const started = new Map();
  /** @type {Missing[]} */
  const missing = [];
  for (const peer of run.peers) {
    try {
      started.set(peer, start(commandOf(peer, run.options), cores?.server));
    } catch (error) {
      missing.push({ peer: peer.name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const entries = run.cases.flatMap((at) =>
    [...started]
      .filter(([peer]) => peer.cases === undefined || peer.cases.includes(at.name))
      .map(([peer, driven]) => ({
        case: at.name,
        peer: peer.name,
        take: () => work(driven, at.name, SAMPLE_SECONDS),
        warmUp: () => work(driven, at.name, FIRST_SECONDS),
        samples: [],
        failure: undefined,
      })),
  );
  const { reference } = run.workload;
  try {
    for (const entry of entries) await entry.warmUp().catch((error) => run.log(`${entry.peer}: ${error.message}`));
    await sampleAll(entries, { reference, rounds: run.rounds, maxSeconds: run.options.maxSeconds, log: run.log });
  } finally {
    await Promise.all([...started.values()].map(({ child }) => stop(child)));
  }
  return {
    rows: summarizeAll(entries, reference),
    missing: [...missing, ...failuresOf(entries)],
    method:
      `samples of ${SAMPLE_SECONDS} s in shuffled order, kept when the program waited under ${CLEAN_WAIT * 100} % on run ` +
      `queues, against the reference sample nearest in time; one core, GOMAXPROCS=1`,
  };
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
