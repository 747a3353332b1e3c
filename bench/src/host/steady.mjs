import { buildLoad } from "../build.mjs";
import { launch, parseReport } from "../processes.mjs";

/** @import { SteadyCase } from "../types.js" */
/** @import { Host } from "./host.mjs" */

/** It is ended when all is done; this is for a runner that was killed. */
const LONGEST_SECONDS = 300;
const WARMUP_SECONDS = 2;

/**
 * Clients that ask and ask, told what else goes on.
 *
 * @typedef {object} Steady
 * @property {(phase: "busy" | "between") => void} enter says that another phase begins; the first one is `calm`
 * @property {() => Promise<Record<string, number>>} end hands on what they report
 */

/** @returns {string} */
export function buildSteady() {
  return buildLoad("steady");
}

/**
 * Dials all connections of a case, and resolves once they are warm.
 *
 * @param {SteadyCase} at
 * @param {Host} host
 * @param {number | undefined} core
 * @returns {Promise<Steady>}
 */
export async function startSteady(at, { port, group }, core) {
  const { conns, size, think, life, active = conns } = at;
  const times = { seconds: LONGEST_SECONDS, warmup: WARMUP_SECONDS };
  const values = { port, group: group.path, conns, size, think, life, active, ...times };
  const args = Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = launch([buildSteady(), ...args], core, ["ignore", "pipe", "pipe"]);
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  /** @type {Promise<void>} */
  const closed = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  await Promise.race([closed, new Promise((resolve) => child.stderr?.once("data", resolve))]);
  // One that has ended already reports why.
  if (child.exitCode !== null) parseReport(text);
  return {
    enter: (phase) => void child.kill(phase === "busy" ? "SIGUSR1" : "SIGUSR2"),
    end: async () => {
      child.kill("SIGTERM");
      await closed;
      return parseReport(text);
    },
  };
}
