import { setTimeout as delay } from "node:timers/promises";
import { chooseCores } from "../processes.mjs";
import { summarizeAll } from "../served.mjs";
import { quantile } from "../statistics.mjs";
import { ask, openFeed } from "./ask.mjs";
import { besideClient } from "./host.mjs";
import { FEED, withCrowd } from "./measure-dashboard.mjs";
import { buildSteady } from "./steady.mjs";

/** @import { Entry } from "../sampler.mjs" */
/** @import { AnswerCase, HostPeer, Measured, Missing, Run, SteadyCase } from "../types.js" */

const ASKED = 30;
const PAUSE_MS = 50;

/**
 * Measures how long a debug server takes to answer while a host has many connections and a dashboard is open.
 *
 * @param {Run} run whose cases are of pages
 * @param {SteadyCase} crowd
 * @returns {Promise<Measured>}
 */
export async function measureAnswers(run, crowd) {
  buildSteady();
  const { cores, note } = chooseCores(run.options);
  const { entries, missing } = await besideClient(cores, () => measurePeers(run, crowd));
  return {
    rows: summarizeAll(entries, run.workload.reference, 1),
    missing,
    method: `each page asked for ${ASKED} times, one at a time and to its last byte, with a dashboard open; ${note}`,
  };
}

/**
 * @param {Run} run
 * @param {SteadyCase} crowd
 */
async function measurePeers(run, crowd) {
  /** @type {Entry[]} */
  const entries = [];
  /** @type {Missing[]} */
  const missing = [];
  for (const peer of run.peers) {
    try {
      entries.push(...(await measurePeer(run, peer, crowd)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      missing.push({ peer: peer.name, reason });
      run.log(`${peer.name}: left out: ${reason}`);
    }
  }
  return { entries, missing };
}

/**
 * @param {Run} run
 * @param {HostPeer} peer
 * @param {SteadyCase} crowd
 * @returns {Promise<Entry[]>}
 */
async function measurePeer(run, peer, crowd) {
  const cases = /** @type {readonly AnswerCase[]} */ (run.cases);
  return await withCrowd(crowd, peer, run, async ({ debugPort = 0 }, clients) => {
    const feed = await openFeed(debugPort, FEED);
    /** @type {Entry[]} */
    const entries = [];
    for (const at of cases) {
      const figures = await askAgain(debugPort, at.path);
      const sample = { at: Date.now() / 1000, rate: Number.NaN, cpu: Number.NaN, wait: 0, figures };
      const take = () => Promise.reject(new Error("it is not sampled"));
      entries.push({ case: at.name, peer: peer.name, take, samples: [sample], failure: undefined });
    }
    feed.close();
    await clients.end();
    return entries;
  });
}

/**
 * @param {number} port
 * @param {string} path
 */
async function askAgain(port, path) {
  const { bytes } = await ask(port, path);
  const times = [];
  for (let count = 0; count < ASKED; count += 1) {
    times.push((await ask(port, path)).ms);
    await delay(PAUSE_MS);
  }
  return { p50Ms: quantile(times, 0.5), p95Ms: quantile(times, 0.95), maxMs: quantile(times, 1), kib: bytes / 1024 };
}
