import assert from "node:assert/strict";
import type { Conn } from "../conn.js";

/** Registers one check; its body gets both ends of a fresh connection, which are aborted when it is over. */
export type Check = (title: string, body: (a: Conn, b: Conn) => Promise<void>) => void;

const LATIN = new TextDecoder("latin1");

/** Bytes without a period that a lost or doubled block could hide in; the same for the same seed. */
export function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Reads exactly `length` bytes. */
export async function readExactly(conn: Conn, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const chunk = await conn.read({ max: length - at });
    assert(chunk !== null, `the stream ended after ${at} of ${length} bytes`);
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The same as text, one character a byte. */
export async function readText(conn: Conn, length: number): Promise<string> {
  return LATIN.decode(await readExactly(conn, length));
}

/** Reads to the end of the stream. */
export async function readAll(conn: Conn): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of conn) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Shows that both directions work and that nothing is left over in them. */
export async function assertRoundTrip(a: Conn, b: Conn): Promise<void> {
  await a.write("ping");
  assert.equal(await readText(b, 4), "ping");
  await b.write("pong");
  assert.equal(await readText(a, 4), "pong");
}

/** Compares bytes; on failure it says where they part, which beats a dump of a megabyte. */
export function assertSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.length, expected.length, "length");
  if (Buffer.compare(actual, expected) === 0) return;
  const at = expected.findIndex((byte, i) => byte !== actual[i]);
  assert.fail(`bytes differ from offset ${at} on`);
}

/** A moment this many milliseconds ahead, or before now when negative. */
export function inMs(ms: number): number {
  return Date.now() + ms;
}

/** Resolves after all work that is ready now has run, I/O included. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
