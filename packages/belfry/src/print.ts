import { OutputError } from "@belfry/netcat";
import type { Output } from "./io.js";

/**
 * Writes text or bytes and waits until the system has taken it, so that a slow reader slows the writer down.
 *
 * @throws {OutputError} when it cannot be written, as when the reader has gone.
 */
export function print(output: Output, text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(text, (error) => (error ? reject(new OutputError(error)) : resolve()));
  });
}
