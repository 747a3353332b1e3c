import { setTimeout as delay } from "node:timers/promises";
import { chooseCores } from "../processes.mjs";
import { toSample } from "../served.mjs";
import { measureAlone } from "../solo.mjs";
import { ask, openFeed } from "./ask.mjs";
import { besideClient, startHost } from "./host.mjs";
import { buildSteady, startSteady } from "./steady.mjs";

/** @import { Case, HostPeer, Measured, Peer, Run, Sample, SteadyCase } from "../types.js" */
/** @import { Host } from "./host.mjs" */
/** @import { Steady } from "./steady.mjs" */

/** What the dashboard's page asks for when it lists the most it can. */
export const FEED = "/debug/feed?order=age&limit=200";

const SETTLE_MS = 3000;
const PHASES = 2;
const WITHOUT_MS = 5000;
/** Two scrapes in each. */
const WITH_MS = 10_000;
const SCRAPE_MS = 5000;

/**
 * Measures what a host uses while somebody looks at its dashboard beyond what it uses otherwise.
 *
 * @param {Run} run whose cases are of clients that go on and on
 * @returns {Promise<Measured>}
 */
export async function measureDashboard(run) {
  buildSteady();
  const { cores, note } = chooseCores(run.options);
  const take = (/** @type {Case} */ at, /** @type {Peer} */ peer) =>
    withCrowd(/** @type {SteadyCase} */ (at), /** @type {HostPeer} */ (peer), run, async (host, clients) => {
      const shares = await compare(host, clients);
      return toDashboardSample(await clients.end(), shares);
    });
  const measured = await besideClient(cores, () => measureAlone(run, take));
  return {
    ...measured,
    method:
      `a host of its own for each run; ${PHASES} times ${WITHOUT_MS / 1000} s without and ${WITH_MS / 1000} s with a feed of ` +
      `200 connections and /metrics each ${SCRAPE_MS / 1000} s; ${note}; CPU of supervisor and workers`,
  };
}

/**
 * Runs `work` with a host and all its clients connected.
 *
 * @template T
 * @param {SteadyCase} at
 * @param {HostPeer} peer
 * @param {Run} run
 * @param {(host: Host, clients: Steady) => Promise<T>} work which ends the clients
 * @returns {Promise<T>}
 */
export async function withCrowd(at, peer, run, work) {
  const { cores } = chooseCores(run.options);
  const host = await startHost(peer, { core: cores?.server, options: run.options });
  try {
    const clients = await startSteady(at, host, cores?.client);
    await delay(SETTLE_MS);
    return await work(host, clients);
  } finally {
    await host.stop();
  }
}

/**
 * @param {Host} host
 * @param {Steady} clients
 */
async function compare(host, clients) {
  const spans = { without: { cpu: 0, seconds: 0 }, with: { cpu: 0, seconds: 0 } };
  let feedBytes = 0;
  for (let phase = 0; phase < PHASES; phase += 1) {
    if (phase > 0) clients.enter("between");
    await account(host, spans.without, () => delay(WITHOUT_MS));
    clients.enter("busy");
    await account(host, spans.with, async () => {
      feedBytes += await look(host);
    });
  }
  const share = (/** @type {{ cpu: number, seconds: number }} */ { cpu, seconds }) => (cpu / seconds) * 100;
  return { without: share(spans.without), with: share(spans.with), feedRate: feedBytes / spans.with.seconds };
}

/**
 * @param {Host} host
 * @param {{ cpu: number, seconds: number }} span
 * @param {() => Promise<unknown>} work
 */
async function account({ group }, span, work) {
  const [began, before] = [performance.now(), group.read().cpu];
  await work();
  span.cpu += group.read().cpu - before;
  span.seconds += (performance.now() - began) / 1000;
}

/**
 * @param {Host} host
 * @returns {Promise<number>} the bytes that were shown
 */
async function look({ debugPort = 0 }) {
  const feed = await openFeed(debugPort, FEED);
  for (const end = Date.now() + WITH_MS; Date.now() < end - SCRAPE_MS / 2;) {
    const { ms } = await ask(debugPort, "/metrics");
    await delay(SCRAPE_MS - ms);
  }
  feed.close();
  return feed.bytes();
}

/**
 * @param {Record<string, number>} report
 * @param {{ without: number, with: number, feedRate: number }} shares
 * @returns {Sample}
 */
function toDashboardSample(report, shares) {
  const { calmP99 = Number.NaN, busyP99 = Number.NaN } = report;
  return {
    ...toSample(report, "server"),
    figures: {
      shareWithout: shares.without,
      shareWith: shares.with,
      shareBeyond: shares.with - shares.without,
      feedKibPerSecond: shares.feedRate / 1024,
      calmP99Ms: calmP99 / 1000,
      busyP99Ms: busyP99 / 1000,
    },
  };
}
