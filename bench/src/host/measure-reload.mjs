import { setTimeout as delay } from "node:timers/promises";
import { chooseCores } from "../processes.mjs";
import { toSample } from "../served.mjs";
import { measureAlone } from "../solo.mjs";
import { median } from "../statistics.mjs";
import { besideClient, startHost } from "./host.mjs";
import { buildSteady, startSteady } from "./steady.mjs";

/** @import { Cores, HostPeer, Measured, Run, Sample, SteadyCase } from "../types.js" */
/** @import { Host } from "./host.mjs" */
/** @import { Steady } from "./steady.mjs" */

const RELOADS = 5;
const CALM_MS = 5000;
/** The new workers are cold at first, and that is a part of what a reload costs. */
const SETTLE_MS = 1000;
const GAP_MS = 1500;
const RELOAD_MS = 20_000;
const COUNTS = ["Failed", "Resets", "Refused", "Late", "Ended"];
const PHASES = ["calm", "busy", "between"];

/**
 * Measures what clients notice of reloads.
 *
 * @param {Run} run whose cases are of clients that go on and on
 * @returns {Promise<Measured>}
 */
export async function measureReload(run) {
  buildSteady();
  const { cores, note } = chooseCores(run.options);
  const measured = await besideClient(cores, () =>
    measureAlone(run, (at, peer) => runOnce(/** @type {SteadyCase} */ (at), peer, { cores, run })),
  );
  return {
    ...measured,
    method:
      `${RELOADS} reloads by SIGHUP in one run; calm: the ${CALM_MS / 1000} s before the first one; during a reload: from ` +
      `the signal to ${SETTLE_MS / 1000} s after the new generation serves, with every request that began or ended in it; ` +
      `${note}: supervisor, old and new workers share the one core; failures counted over the whole run`,
  };
}

/**
 * @param {SteadyCase} at
 * @param {HostPeer} peer
 * @param {{ cores: Cores | undefined, run: Run }} options
 * @returns {Promise<Sample>}
 */
async function runOnce(at, peer, { cores, run }) {
  const { host: settings } = peer;
  const configured = { ...peer, ...(settings && { host: { ...settings, reloadGrace: at.reloadGrace } }) };
  const host = await startHost(configured, { core: cores?.server, options: run.options });
  try {
    const clients = await startSteady(at, host, cores?.client);
    await delay(CALM_MS);
    // What is no host of ours shows what the client itself sees at such a load.
    const took = settings === undefined ? [] : await reloadAgain(host, clients);
    return toReloadSample(await clients.end(), took);
  } finally {
    await host.stop();
  }
}

/**
 * @param {Host} host
 * @param {Steady} clients
 */
async function reloadAgain(host, clients) {
  /** @type {number[]} */
  const took = [];
  for (let generation = 2; generation < RELOADS + 2; generation += 1) {
    clients.enter("busy");
    const began = performance.now();
    process.kill(host.pid, "SIGHUP");
    while (!host.said().includes(`generation ${generation} serves`)) {
      if (performance.now() - began > RELOAD_MS) throw new Error(`generation ${generation} did not come to serve`);
      await delay(10);
    }
    took.push(performance.now() - began);
    await delay(SETTLE_MS);
    clients.enter("between");
    await delay(GAP_MS);
  }
  return took;
}

/**
 * @param {Record<string, number>} report
 * @param {readonly number[]} took
 * @returns {Sample}
 */
function toReloadSample(report, took) {
  const { calmP99 = Number.NaN, busyP99 = 0, calmP50 = 0, busyP50 = 0, busyMax = 0, betweenP99 = 0 } = report;
  const counts = COUNTS.map((name) => {
    return [name.toLowerCase(), PHASES.reduce((sum, phase) => sum + (report[`${phase}${name}`] ?? 0), 0)];
  });
  const sample = toSample(report, "server");
  const during = took.length === 0 ? {} : describeReloads();
  return { ...sample, figures: { ...sample.figures, calmP50Ms: calmP50 / 1000, calmP99Ms: calmP99 / 1000, ...during } };

  function describeReloads() {
    return {
      ...Object.fromEntries(counts),
      busyP50Ms: busyP50 / 1000,
      busyP99Ms: busyP99 / 1000,
      busyMaxMs: busyMax / 1000,
      betweenP99Ms: betweenP99 / 1000,
      p99Ratio: busyP99 / calmP99,
      reloadMs: median(took),
      busyRequests: report["busyRequests"] ?? 0,
    };
  }
}
