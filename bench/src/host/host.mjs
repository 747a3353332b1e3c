import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createControlGroup } from "../control-group.mjs";
import { BUILD } from "../paths.mjs";
import { commandOf } from "../peers.mjs";
import { firstError, launch, stop } from "../processes.mjs";

/** @import { ControlGroup } from "../control-group.mjs" */
/** @import { Cores, HostPeer, Options } from "../types.js" */

const START_MS = 30_000;
/** A line of the log, which may be told to be silent, or the table that `belfry serve` shows. */
const SERVICE = /(?:listening on |^ +echo +)\S*?:(\d+)\s/m;
const DEBUG = /http:\/\/\S*?:(\d+)\//;
/** As many as are measured, and one that comes before. */
const MAX_CONNS = 15_000;
/** Characters of a log that are kept in mind. */
const TAIL = 2 ** 18;

/**
 * A host under measurement, with all the processes it makes.
 *
 * @typedef {object} Host
 * @property {number} port of the echo service
 * @property {number | undefined} debugPort of the debug server
 * @property {number} pid of the process that was started: with workers the supervisor
 * @property {ControlGroup} group
 * @property {() => string} said the end of what it has logged
 * @property {() => Promise<void>} stop
 */

let started = 0;
/** @type {Set<string>} */
const folders = new Set();
process.on("exit", () => folders.forEach(removeFolder));

/**
 * Starts a peer in a control group of its own and waits until it listens. What it logs goes to a file, which costs nobody
 * else anything.
 *
 * @param {HostPeer} peer
 * @param {{ core: number | undefined, options: Options }} at
 * @returns {Promise<Host>}
 * @throws {Error} with what it said instead
 */
export async function startHost(peer, { core, options }) {
  const folder = join(BUILD, `host-${process.pid}-${(started += 1)}`);
  folders.add(folder);
  mkdirSync(folder, { recursive: true });
  const command = [...commandOf(peer, options), ...configArgs(peer, folder)];
  const log = join(folder, "log");
  const output = openSync(log, "w");
  const group = createControlGroup(`${peer.name}-${started}`);
  const child = launch(group.wrap(command), core, ["ignore", output, output]);
  closeSync(output);
  let hasEnded = false;
  child.once("error", () => (hasEnded = true));
  child.once("close", () => (hasEnded = true));
  const { said, close } = follow(log);
  const end = async () => {
    await stop(child);
    await group.remove();
    close();
    removeFolder(folder);
  };
  for (const late = Date.now() + START_MS; portIn(said(), SERVICE) === undefined; await delay(20)) {
    if (!hasEnded && Date.now() < late) continue;
    const reason = hasEnded ? (firstError(said()) ?? "it ended at once") : `it did not listen within ${START_MS} ms`;
    await end();
    throw new Error(reason);
  }
  const [port = 0, debugPort] = [portIn(said(), SERVICE), portIn(said(), DEBUG)];
  return { port, debugPort, pid: child.pid ?? 0, group, said, stop: end };
}

/**
 * Reads a file that grows, each time what is new of it.
 *
 * @param {string} path
 */
function follow(path) {
  const file = openSync(path, "r");
  const buffer = Buffer.alloc(TAIL);
  let text = "";
  const said = () => {
    for (let n = readSync(file, buffer); n > 0; n = readSync(file, buffer)) {
      text = (text + buffer.toString("latin1", 0, n)).slice(-TAIL);
    }
    return text;
  };
  return { said, close: () => closeSync(file) };
}

/** @param {string} folder */
function removeFolder(folder) {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 */
function portIn(text, pattern) {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/**
 * @param {HostPeer} peer
 * @param {string} folder
 */
function configArgs({ host }, folder) {
  if (host === undefined) return [];
  const { workers, isDebugged = true, logLevel = "info", reloadGrace } = host;
  const config = {
    workers,
    ...(isDebugged && { debug: "127.0.0.1:0" }),
    control: join(folder, "control.sock"),
    log: { level: logLevel },
    ...(reloadGrace !== undefined && { reloadGrace }),
    services: { echo: { use: "echo", listen: "127.0.0.1:0", maxConns: MAX_CONNS } },
  };
  const file = join(folder, "belfry.config.json");
  writeFileSync(file, JSON.stringify(config));
  return ["--config", file];
}

/**
 * Runs `work` with this process beside the client: what it asks of a debug server is not to take time of the host's core.
 *
 * @template T
 * @param {Cores | undefined} cores
 * @param {() => Promise<T>} work
 */
export async function besideClient(cores, work) {
  if (cores === undefined) return await work();
  const pid = String(process.pid);
  const said = spawnSync("taskset", ["-cp", pid], { encoding: "utf8" }).stdout;
  const before = /: ([\d,-]+)\s*$/.exec(said)?.[1];
  spawnSync("taskset", ["-acp", String(cores.client), pid]);
  try {
    return await work();
  } finally {
    if (before !== undefined) spawnSync("taskset", ["-acp", before, pid]);
  }
}
