import * as fc from "fast-check";
import { hold, type Holding, type Rewindable, unread } from "../src/abilities.js";
import { Addr } from "../src/addr.js";
import type { Conn, ReadOptions } from "../src/conn.js";

const addr = new Addr("pipe", "", 0);

/** The reading side of a connection whose bytes come in exactly these chunks. Everything else is missing. */
export function chunkedConn(chunks: readonly (Uint8Array | string)[]): Conn & Rewindable & Holding & { holds: number } {
  const inbox = chunks.map((chunk) => Buffer.from(chunk));
  const conn = {
    localAddr: addr,
    remoteAddr: addr,
    holds: 0,
    read: ({ signal }: ReadOptions = {}) => {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      return Promise.resolve(inbox.shift() ?? null);
    },
    [unread]: (bytes: Uint8Array) => void inbox.unshift(Buffer.from(bytes)),
    [hold]: () => void (conn.holds += 1),
  };
  return conn as unknown as Conn & Rewindable & Holding & { holds: number };
}

/** All that is left to read. */
export async function restOf(conn: Conn): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (let chunk = await conn.read(); chunk !== null; chunk = await conn.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Cuts `bytes` at the given places, wherever they fall. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const pieces = places.slice(1).map((place, i) => bytes.subarray(places[i], place));
  return pieces.filter((piece) => piece.length > 0);
}

/** Where to cut. */
export const cuts = fc.array(fc.nat(10_000), { maxLength: 12 });

/** Everything an iterable gives, and how it ended. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<{ items: T[]; error?: unknown }> {
  const items: T[] = [];
  try {
    for await (const item of iterable) items.push(item);
    return { items };
  } catch (error) {
    return { items, error };
  }
}
