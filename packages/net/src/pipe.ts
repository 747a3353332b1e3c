import type { Conn } from "./conn.js";
import { StreamConn } from "./stream-conn.js";
import { MemoryWire } from "./wires/memory-wire.js";

/**
 * Two connected ends in memory, with everything a socket has: deadlines, half-close, backpressure (64 KiB are kept for
 * a reader that is elsewhere), errors. For tests, and for services within one process.
 *
 * @example
 * ```ts
 * import { pipe } from "@belfry/net";
 *
 * const [a, b] = pipe();
 * await a.write("hello");
 * console.log(String(await b.read())); // hello
 * ```
 */
export function pipe(): [Conn, Conn] {
  const [a, b] = MemoryWire.pair();
  return [new StreamConn(a), new StreamConn(b)];
}
