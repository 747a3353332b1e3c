import { setTimeout as delay } from "node:timers/promises";
import { buildLoad } from "../build.mjs";
import { chooseCores, runJson } from "../processes.mjs";
import { measureRunning, toSample } from "../served.mjs";
import { CLEAN_WAIT } from "../statistics.mjs";
import { ask } from "./ask.mjs";
import { besideClient, startHost } from "./host.mjs";

/** @import { HostPeer, LoadCase, Measured, Run, Sample } from "../types.js" */
/** @import { Serving } from "../served.mjs" */
/** @import { Host } from "./host.mjs" */

/** So long that each sample holds one scrape, as each second of a host that is watched does. */
const SAMPLE_SECONDS = 1;
const WARMUP_SECONDS = 0.1;
const FIRST_SECONDS = 0.6;
/** One start is up to 5 % faster or slower than the next, and 3 % are to be seen. */
const STARTS = 5;
/** Into a sample, behind the warm-up of its client. */
const SCRAPE_AFTER_MS = 500;

/**
 * Measures hosts under load, those with a debug server while it is scraped once a second.
 *
 * @param {Run} run whose cases are load cases
 * @returns {Promise<Measured>}
 */
export async function measureHostEcho(run) {
  const { cores, note } = chooseCores(run.options);
  for (const at of run.cases) buildLoad(/** @type {LoadCase} */ (at).load);
  const serving = {
    starts: STARTS,
    start: (/** @type {HostPeer} */ peer, /** @type {number | undefined} */ core) =>
      startHost(peer, { core, options: run.options }),
    take: takeSample,
    warmUp: (/** @type {LoadCase} */ at, /** @type {Host} */ host, /** @type {number | undefined} */ core) =>
      runJson(command(at, host, { seconds: FIRST_SECONDS, isVerified: true }), core),
  };
  const measured = await besideClient(cores, () => measureRunning(run, /** @type {Serving<Host>} */ (serving)));
  return {
    ...measured,
    method:
      `samples of ${SAMPLE_SECONDS} s in shuffled order over ${STARTS} starts of each server, kept when other work kept ` +
      `server and client waiting under ${CLEAN_WAIT * 100} % of the time, against the reference sample nearest in time; ` +
      `${note}; CPU of all processes of a server, supervisor and workers; /metrics scraped once in each sample where there ` +
      "is a debug server; one core for all workers: two of them show what they cost, not what a second core brings",
  };
}

/**
 * @param {LoadCase} at
 * @param {Host} host
 * @param {number | undefined} core
 * @returns {Promise<Sample>}
 */
async function takeSample(at, host, core) {
  const [report, scrapeMs] = await Promise.all([
    runJson(command(at, host, { seconds: SAMPLE_SECONDS, isVerified: false }), core),
    scrape(host),
  ]);
  const sample = toSample(report, "server");
  return { ...sample, figures: { ...sample.figures, ...(scrapeMs !== undefined && { scrapeMs }) } };
}

/** @param {Host} host */
async function scrape({ debugPort }) {
  if (debugPort === undefined) return undefined;
  await delay(SCRAPE_AFTER_MS);
  const { ms } = await ask(debugPort, "/metrics");
  return ms;
}

/**
 * @param {LoadCase} at
 * @param {Host} host
 * @param {{ seconds: number, isVerified: boolean }} options
 */
function command({ load, conns, size, depth }, { port, group }, { seconds, isVerified }) {
  const verify = isVerified ? 1 : 0;
  const values = { port, group: group.path, conns, size, depth, seconds, warmup: WARMUP_SECONDS, verify };
  return [buildLoad(load), ...Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)])];
}
