import { spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** @import { ChildProcess } from "node:child_process" */
/** @import { Cores, Options } from "./types.js" */

const START_MS = 15_000;
const STOP_MS = 2000;
/** As many as there are for this process before it binds itself to one. */
const CORES = availableParallelism();

/** @type {Set<ChildProcess>} */
const running = new Set();
// Whatever ends the runner ends what it started.
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.on(signal, () => process.exit(130));
}

/**
 * A program under measurement.
 *
 * @typedef {object} Started
 * @property {number} pid
 * @property {number} port 0 for one that does not listen
 * @property {ChildProcess} child
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a process on one core and remembers it.
 *
 * @param {readonly string[]} command
 * @param {number | undefined} core
 * @param {import("node:child_process").StdioOptions} stdio
 */
export function launch(command, core, stdio) {
  const [program = "", ...args] = core === undefined ? command : ["taskset", "-c", String(core), ...command];
  const child = spawn(program, args, { stdio, env: { ...process.env, GOMAXPROCS: "1" } });
  running.add(child);
  child.once("close", () => running.delete(child));
  return child;
}

/**
 * Starts a server and waits for the line that says where it listens.
 *
 * @param {readonly string[]} command
 * @param {number | undefined} core
 * @param {"ignore" | "pipe"} stdout what becomes of its standard output
 * @returns {Promise<Started>}
 * @throws {Error} with what it said instead
 */
export async function startServer(command, core, stdout = "ignore") {
  const child = launch(command, core, ["ignore", stdout, "pipe"]);
  const port = await new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`it did not listen within ${START_MS} ms`)), START_MS);
    const settle = (/** @type {() => void} */ outcome) => {
      clearTimeout(timer);
      outcome();
    };
    child.once("error", (error) => settle(() => reject(error)));
    child.once("close", () => settle(() => reject(new Error(firstError(said) ?? "it ended at once"))));
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      if (said.length < 65_536) said += text;
      const match = /listening on \S*?:(\d+)\s/.exec(said);
      if (match !== null) settle(() => resolve(Number(match[1])));
    });
  }).catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });
  return { pid: child.pid ?? 0, port, child, stop: () => stop(child) };
}

/**
 * Ends a process, by force when it does not go.
 *
 * @param {ChildProcess} child
 * @returns {Promise<void>}
 */
export function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    child.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/**
 * Runs a load client to its end and reads the object it prints.
 *
 * @param {readonly string[]} command
 * @param {number | undefined} core
 * @returns {Promise<Record<string, number>>}
 * @throws {Error} with the error it reports
 */
export async function runJson(command, core) {
  const child = launch(command, core, ["ignore", "pipe", "ignore"]);
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return parseReport(text);
}

/**
 * @param {string} text
 * @returns {Record<string, number>}
 */
export function parseReport(text) {
  if (text.trim() === "") throw new Error("the client ended without a report");
  const report = JSON.parse(text);
  if (report.error !== undefined) throw new Error(`the client reports ${report.error}`);
  return report;
}

/**
 * The cores to pin to: as asked, else the first two.
 *
 * @param {Pick<Options, "cores">} options
 * @returns {{ cores: Cores | undefined, note: string }}
 */
export function chooseCores(options) {
  if (spawnSync("taskset", ["--version"]).status !== 0) return { cores: undefined, note: "not pinned: no taskset" };
  if (CORES < 2) return { cores: undefined, note: "not pinned: one core" };
  const cores = options.cores ?? { server: 0, client: 1 };
  return { cores, note: `server on core ${cores.server}, client on core ${cores.client}` };
}

/**
 * The line of a program's complaints that tells most.
 *
 * @param {string} said
 */
export function firstError(said) {
  const lines = said.split("\n").map((line) => line.trim());
  return lines.find((line) => /error|cannot|not found/i.test(line)) ?? lines.find((line) => line !== "");
}
