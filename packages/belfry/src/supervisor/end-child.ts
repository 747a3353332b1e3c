import type { Writable } from "node:stream";
import { atMost } from "./at-most.js";

/** How long what was printed and logged may take to be read. Milliseconds. */
const PATIENCE = 500;

/**
 * Sends the parent a last message and ends this process: what a user's module has left open does not keep it.
 *
 * @param log where else lines may wait for a reader.
 */
export function endChild(lastWord: object, status = 0, log: Writable = process.stderr): void {
  if (process.send === undefined || !process.connected) process.exit(status);
  process.removeAllListeners("disconnect");
  // Should nothing be left to wait for before.
  process.exitCode = status;
  process.send(lastWord, undefined, {}, () => {
    void atMost(written([process.stdout, process.stderr, log]), PATIENCE).finally(() => process.exit(status));
  });
}

/** What waits for a reader is lost when the process exits. */
async function written(streams: readonly Writable[]): Promise<void> {
  for (const stream of streams) {
    while (stream.writableLength > 0 && (await hasWritten(stream)));
  }
}

function hasWritten(stream: Writable): Promise<boolean> {
  return new Promise((resolve) => stream.write("", (error) => resolve(!error)));
}
