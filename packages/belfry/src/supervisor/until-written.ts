import type { Writable } from "node:stream";
import { atMost } from "./at-most.js";

/** How long a reader may take. Milliseconds. */
const PATIENCE = 500;

/**
 * Resolves when the readers of all these streams have what was written, or have gone: what waits for one is lost when the process
 * exits. After half a second in any case.
 */
export function untilWritten(streams: readonly Writable[]): Promise<void> {
  return atMost(writtenTo(streams), PATIENCE);
}

async function writtenTo(streams: readonly Writable[]): Promise<void> {
  for (const stream of streams) {
    while (stream.writableLength > 0 && (await hasWritten(stream)));
  }
}

/** A log puts its next lines behind this, and then there is more to wait for. */
function hasWritten(stream: Writable): Promise<boolean> {
  return new Promise((resolve) => stream.write("", (error) => resolve(!error)));
}
