import type { Writable } from "node:stream";
import { atMost } from "./at-most.js";

/** How long what was printed may take to be read. Milliseconds. */
const PATIENCE = 500;

/** Sends the parent a last message and ends this process: what a user's module has left open does not keep it. */
export function endChild(lastWord: object, status = 0): void {
  if (process.send === undefined || !process.connected) process.exit(status);
  process.removeAllListeners("disconnect");
  // Should nothing be left to wait for before.
  process.exitCode = status;
  process.send(lastWord, undefined, {}, () => {
    void atMost(printed(), PATIENCE).finally(() => process.exit(status));
  });
}

/** What waits for a reader is lost when the process exits. */
async function printed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    while (stream.writableLength > 0 && (await hasWritten(stream)));
  }
}

function hasWritten(stream: Writable): Promise<boolean> {
  return new Promise((resolve) => stream.write("", (error) => resolve(!error)));
}
