import { finish as finishAbility, isFinishing } from "./abilities.js";
import type { Conn } from "./conn.js";

/**
 * Flushes and ends both halves of a connection whose peer has nothing more to say: one system call for what
 * `closeWrite` and `close` need a turn of the event loop and four or five for.
 *
 * Resolves once the kernel has everything, the end too; the descriptor is released then or soon. What the peer
 * sends all the same resets the connection and may cost it the last of what was sent to it (RFC 2525 §2.17), which
 * `close` takes care of: use this where the protocol has the peer end first or keep silent.
 *
 * @throws what `closeWrite` throws, with the connection as it was; {@link ClosedError} after `abort`.
 * @example
 * ```ts
 * import { finish, pipe } from "@belfry/net";
 *
 * const [client, server] = pipe();
 * await server.write("all there is");
 * await finish(server);
 * console.log(String(await client.read()), await client.read()); // all there is null
 * await client.close();
 * ```
 */
export async function finish(conn: Conn): Promise<void> {
  if (isFinishing(conn) && conn[finishAbility]()) return;
  await conn.closeWrite();
  void conn.close();
}
