import { isFilling, fill as fillAbility } from "./abilities.js";
import type { FillTarget } from "./abilities.js";
import type { Conn, WaitOptions } from "./conn.js";

/**
 * Reads everything that comes, until the end of the stream, into memory the target gives: the kernel puts it there,
 * where the connection can do that. With large pieces of memory this is the cheapest way to take in bulk.
 *
 * One call of `target` is under way at a time. The connection stays open; meanwhile nobody else may read from it.
 * Once the promise has settled the memory is no longer written to. On abort and on failure no byte is lost: what the
 * target was not told of is there for the next read.
 *
 * @throws whatever reading throws, and the target's functions; `signal.reason` on abort.
 * @throws {RangeError} when the target gives empty memory.
 * @example
 * ```ts
 * import { fill, pipe } from "@belfry/net";
 *
 * const [client, server] = pipe();
 * await client.write("hello");
 * await client.closeWrite();
 *
 * const memory = new Uint8Array(1 << 20);
 * let length = 0;
 * await fill(server, {
 *   room: () => memory.subarray(length),
 *   filled: (count) => {
 *     length += count;
 *   },
 * });
 * console.log(length); // 5
 * ```
 */
export async function fill(from: Conn, target: FillTarget, options: WaitOptions = {}): Promise<void> {
  options.signal?.throwIfAborted();
  if (isFilling(from)) return from[fillAbility](target, options);
  for (;;) {
    const count = await from.readInto(await target.room(), options);
    if (count === null) return;
    target.filled(count);
  }
}
