import { readdirSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { liveTasks } from "@belfry/sync";
import { until } from "./until.js";

/** Options of {@link withoutLeaks}. */
export interface LeakOptions {
  /** Milliseconds that handles have to close once the body is over. Default 5000. */
  readonly timeout?: number | undefined;
}

/**
 * Runs `body`, then waits until sockets, servers, running timers, file descriptors and tasks of groups are no more than
 * they were before.
 *
 * Whatever else the process does meanwhile counts too, so run such tests alone in their file or one after the other.
 *
 * @throws {Error} naming what stayed, when `body` itself went well; else what `body` threw.
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { listen } from "@belfry/net";
 * import { withoutLeaks } from "@belfry/testkit";
 *
 * test("releases everything", () =>
 *   withoutLeaks(async () => {
 *     const listener = await listen("127.0.0.1:0");
 *     await listener.close();
 *   }));
 * ```
 */
export async function withoutLeaks(body: () => Promise<void>, options: LeakOptions = {}): Promise<void> {
  const { timeout = 5000 } = options;
  const before = takeStock();
  await body();
  const leaks = () => difference(before, takeStock());
  try {
    await until(() => leaks().length === 0, { timeout });
  } catch (cause) {
    throw new Error(`Leaked: ${leaks().join(", ")}`, { cause });
  }
}

/** How many file descriptors this process has open; `undefined` where the system does not tell. */
export function countDescriptors(): number | undefined {
  try {
    // One of them is the folder being read.
    return readdirSync("/proc/self/fd").length - 1;
  } catch {
    return undefined;
  }
}

/** Bytes of live heap and buffers, after two full collections: the second takes what finalizers of the first let go. */
export function measureHeap(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * Runs `round` several times and tells by how much memory has grown in the round in which it has grown least.
 *
 * What leaks grows in every round. What is paid once (compiled code, tables that double, caches that fill) does not, and
 * one measurement before and one after cannot tell it from a leak. Make a round so long that a leak of a few bytes each
 * time outweighs what the collector leaves to chance, some ten kilobytes.
 *
 * @param rounds at least 1. Default 4.
 * @returns bytes; negative when some round has left less than there was.
 */
export async function measureGrowth(round: () => Promise<void>, rounds = 4): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  let before = await settle();
  for (let i = 0; i < rounds; i++) {
    await round();
    const after = await settle();
    least = Math.min(least, after - before);
    before = after;
  }
  return least;
}

/**
 * What the heap comes to once finalizers and whatever waits for the next turns have run and let go in their turn. Measured
 * on Node 24: without this, rounds differ by ±300 KB; with it, by ±20 KB.
 */
async function settle(): Promise<number> {
  for (let collections = 0; collections < 4; collections++) {
    collectGarbage();
    for (let turns = 0; turns < 8; turns++) await new Promise(setImmediate);
  }
  return measureHeap();
}

/** Counts by what they are of. */
type Stock = ReadonlyMap<string, number>;

function takeStock(): Stock {
  const stock = new Map<string, number>();
  const count = (what: string) => stock.set(what, (stock.get(what) ?? 0) + 1);
  for (const resource of process.getActiveResourcesInfo()) if (resource !== "Immediate") count(resource);
  for (const { group, name } of liveTasks()) count(`task "${group}/${name}"`);
  stock.set("file descriptor", countDescriptors() ?? 0);
  return stock;
}

function difference(before: Stock, after: Stock): string[] {
  const more: string[] = [];
  for (const [what, count] of after) {
    const added = count - (before.get(what) ?? 0);
    if (added > 0) more.push(`${added} × ${what}`);
  }
  return more;
}

/** Without a flag on the command line. */
const collectGarbage: () => void = (() => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();
