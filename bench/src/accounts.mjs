import { readdirSync, readFileSync } from "node:fs";

/**
 * The CPU time a process has used and the time it has waited for a core, in seconds, over all its threads.
 *
 * @param {number} pid
 * @returns {{ cpu: number, wait: number }}
 */
export function readAccount(pid) {
  let cpu = 0;
  let wait = 0;
  for (const thread of list(`/proc/${pid}/task`)) {
    // Nanoseconds run, nanoseconds waited on a run queue, slices.
    const [ran = 0, queued = 0] = read(`/proc/${pid}/task/${thread}/schedstat`).split(" ").map(Number);
    cpu += ran / 1e9;
    wait += queued / 1e9;
  }
  return { cpu, wait };
}

/**
 * How long a core has been busy, in seconds, for whomever.
 *
 * @param {number} core
 */
export function readCoreUse(core) {
  const line = new RegExp(`^cpu${core} (.*)$`, "m").exec(read("/proc/stat"))?.[1] ?? "";
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(" ").map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_A_SECOND;
}

/** `sysconf(_SC_CLK_TCK)`, the same on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/** @param {string} folder */
function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A thread may end between the listing and the reading. @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
