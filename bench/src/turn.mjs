import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BUILD } from "./paths.mjs";

const LOOK_MS = 500;

/**
 * Waits until no other run of this checkout measures: two would only disturb each other.
 *
 * @param {(line: string) => void} log
 * @param {string} [path] of the file that holds the process id of the run whose turn it is
 */
export async function takeTurn(log, path = join(BUILD, "turn")) {
  mkdirSync(BUILD, { recursive: true });
  let told = 0;
  for (let holder = tryTake(path); holder !== process.pid; holder = tryTake(path)) {
    if (holder === 0) continue;
    if (holder !== told) log(`waiting for the run of process ${holder} to end`);
    told = holder;
    await delay(LOOK_MS);
  }
  process.once("exit", () => rmSync(path, { force: true }));
}

/** @param {string} path @returns {number} the process whose turn it is, 0 when it has just become free */
function tryTake(path) {
  const own = `${path}.${process.pid}`;
  try {
    // A link appears with its content or not at all, so that nobody reads the file before it says whose turn it is.
    writeFileSync(own, String(process.pid));
    linkSync(own, path);
    return process.pid;
  } catch {
    const holder = Number(readTurn(path));
    if (isAlive(holder)) return holder;
    // Its run was killed.
    rmSync(path, { force: true });
    return 0;
  } finally {
    rmSync(own, { force: true });
  }
}

/** @param {string} path */
function readTurn(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** @param {number} pid */
function isAlive(pid) {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
