import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// The tests are run without flags, and the heap is only comparable after a collection.
setFlagsFromString("--expose-gc");
globalThis.gc ??= runInNewContext("gc") as typeof globalThis.gc;

/** What this process holds of the system: sockets, timers and the like, by kind. */
export function takeStock(): Record<string, number> {
  const stock: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    // Requests that end by themselves, and the test runner's own.
    if (["TCPWRAP", "TCPSERVERWRAP", "TCPSocketWrap", "TCPServerWrap", "PipeWrap", "Timeout"].includes(kind)) {
      stock[kind] = (stock[kind] ?? 0) + 1;
    }
  }
  return stock;
}

/** Waits, some turns of the event loop at most, until the process holds `stock` again. */
export async function settle(stock: Record<string, number>): Promise<void> {
  for (let turns = 0; turns < 1000 && !isDeepStrictEqual(takeStock(), stock); turns++) await new Promise(setImmediate);
  assert.deepEqual(takeStock(), stock);
}

/** Bytes on the heap that are in use. */
export async function usedHeap(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
  return process.memoryUsage().heapUsed;
}
