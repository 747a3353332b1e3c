import type { Conn } from "@belfry/net";
import type { PumpOptions } from "./pump-options.js";

/**
 * Sends bytes that go into the kernel's buffers as a whole, and resolves when it has them. The connection stays open. Whoever stops
 * the transfer aborts the connection.
 *
 * @throws the connection's error.
 */
export async function sendWhole(
  conn: Conn,
  bytes: Uint8Array,
  { progress, digest }: Pick<PumpOptions, "progress" | "digest">,
): Promise<void> {
  digest?.update(bytes);
  await conn.write(bytes);
  if (conn.bytesQueued > 0) await conn.flush();
  progress.bytes += bytes.byteLength;
}
