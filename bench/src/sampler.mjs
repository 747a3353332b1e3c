import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isClean } from "./statistics.mjs";

/** @import { Sample } from "./types.js" */

/**
 * One peer at one case.
 *
 * @typedef {object} Entry
 * @property {string} case
 * @property {string} peer
 * @property {() => Promise<Sample>} take
 * @property {Sample[]} samples
 * @property {string | undefined} failure why it was given up
 */

/** How many other samples stand between two of the reference. */
const REFERENCE_EVERY = 4;
const MOST_FAILURES = 3;
const CALM_WAIT_MS = 1000;

/**
 * Samples all entries in turn until each has enough clean samples: case by case in shuffled order, within a case the
 * peers in shuffled order with the reference among them again and again, so that none is far from one.
 *
 * @param {readonly Entry[]} entries
 * @param {object} options
 * @param {string} options.reference
 * @param {number} options.rounds clean samples wanted of each entry
 * @param {number} options.maxSeconds
 * @param {(line: string) => void} options.log
 * @param {() => Promise<void>} [options.settle] waits for a good moment before each sample
 */
export async function sampleAll(entries, { reference, rounds, maxSeconds, log, settle = waitForCalm }) {
  const end = Date.now() + maxSeconds * 1000;
  /** @type {Map<Entry, number>} */
  const failures = new Map();
  const lacks = (/** @type {Entry} */ entry) =>
    entry.failure === undefined && entry.samples.filter(isClean).length < rounds;
  while (entries.some(lacks)) {
    for (const entry of makeRound(entries, lacks, reference)) {
      if (Date.now() > end) return;
      if (entry.failure !== undefined) continue;
      await settle();
      try {
        entry.samples.push(await entry.take());
        failures.delete(entry);
      } catch (error) {
        const count = (failures.get(entry) ?? 0) + 1;
        failures.set(entry, count);
        if (count < MOST_FAILURES) continue;
        entry.failure = error instanceof Error ? error.message : String(error);
        log(`${entry.peer} at ${entry.case}: given up: ${entry.failure}`);
      }
    }
  }
}

/**
 * @param {readonly Entry[]} entries
 * @param {(entry: Entry) => boolean} lacks
 * @param {string} reference
 * @returns {Entry[]}
 */
export function makeRound(entries, lacks, reference) {
  const cases = shuffle([...new Set(entries.map((entry) => entry.case))]);
  return cases.flatMap((name) => {
    const here = entries.filter((entry) => entry.case === name);
    const base = here.find((entry) => entry.peer === reference);
    const others = shuffle(here.filter((entry) => entry !== base && lacks(entry)));
    if (base === undefined) return others;
    if (others.length === 0) return lacks(base) ? [base] : [];
    return others.flatMap((entry, i) => (i % REFERENCE_EVERY === 0 ? [base, entry] : [entry]));
  });
}

/**
 * @template T
 * @param {T[]} list shuffled in place
 */
function shuffle(list) {
  for (let i = list.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [/** @type {T} */ (list[j]), /** @type {T} */ (list[i])];
  }
  return list;
}

/** Waits, but not for long, for a moment when nothing else on the machine wants to run. */
async function waitForCalm() {
  const end = Date.now() + CALM_WAIT_MS;
  for (let calm = 0; calm < 4 && Date.now() < end; await delay(4)) calm = countRunnable() <= 1 ? calm + 1 : 0;
}

/** This process is one of them. */
function countRunnable() {
  try {
    return Number(readFileSync("/proc/loadavg", "utf8").split(" ")[3]?.split("/")[0]);
  } catch {
    return 0;
  }
}
