import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Unavailable } from "./unavailable.mjs";

const PREFIX = "belfry-bench";
const END_MS = 2000;

/** @type {Set<ControlGroup>} */
const groups = new Set();
process.on("exit", () => {
  for (const { path } of groups) {
    // Nothing can be awaited here.
    for (let tries = 0; !tryEnd(path) && tries < 50; tries += 1) Atomics.wait(SLEEPER, 0, 0, 10);
  }
});
const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

/**
 * A control group of Linux (version 2): holds whatever the processes in it start, and counts what those used that have
 * already ended.
 *
 * @typedef {object} ControlGroup
 * @property {string} path
 * @property {(command: readonly string[]) => string[]} wrap the command, run within the group from its first instruction on
 * @property {() => { cpu: number, wait: number }} read seconds of CPU used and seconds in which one at least waited for a core
 * @property {() => Promise<void>} remove ends all that is in it and waits until they and the group are gone
 */

/**
 * @param {string} name
 * @returns {ControlGroup}
 * @throws {Unavailable} when none can be made here
 */
export function createControlGroup(name) {
  const parent = findHierarchy();
  const path = join(parent, `${PREFIX}-${process.pid}-${name.replaceAll(/[^\w-]/g, "_")}`);
  try {
    removeStale(parent);
    mkdirSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Unavailable(`no control group can be made (run as root): ${reason}`);
  }
  const group = {
    path,
    wrap: (/** @type {readonly string[]} */ command) => [
      "sh",
      "-c",
      'echo $$ >"$0/cgroup.procs" && exec "$@"',
      path,
      ...command,
    ],
    read: () => ({
      cpu: numberIn(join(path, "cpu.stat"), /usage_usec (\d+)/) / 1e6,
      wait: numberIn(join(path, "cpu.pressure"), /some .*total=(\d+)/) / 1e6,
    }),
    remove: async () => {
      for (const end = Date.now() + END_MS; !tryEnd(path) && Date.now() < end;) await delay(10);
      groups.delete(group);
    },
  };
  groups.add(group);
  return group;
}

/** Where version 2 is mounted: alone, or beside the first version. */
function findHierarchy() {
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  const path = mounts.map((line) => line.split(" ")).find(([, , type]) => type === "cgroup2")?.[1];
  if (path === undefined) throw new Unavailable("control groups of version 2 are not mounted");
  return path;
}

/** Ends what a run left that was killed. @param {string} parent */
function removeStale(parent) {
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${PREFIX}-(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) tryEnd(join(parent, name));
  }
}

/** @param {string} path @returns {boolean} whether it is gone */
function tryEnd(path) {
  try {
    writeFileSync(join(path, "cgroup.kill"), "1");
    rmdirSync(path);
    return true;
  } catch (error) {
    // Processes that have been killed are gone a moment later only.
    return /** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT";
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} path
 * @param {RegExp} pattern
 * @returns {number} 0 where it cannot be read
 */
function numberIn(path, pattern) {
  try {
    return Number(pattern.exec(readFileSync(path, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
