import type { Writable } from "node:stream";
import { untilWritten } from "./until-written.js";

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
    void untilWritten([process.stdout, process.stderr, log]).finally(() => process.exit(status));
  });
}
