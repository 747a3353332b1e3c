import { measureHeap, withoutLeaks } from "@belfry/testkit";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Conn } from "../src/conn.js";
import { dial } from "../src/dial.js";
import { lines } from "../src/lines.js";
import { listen } from "../src/listen.js";
import type { Listener } from "../src/listener.js";
import { outbox } from "../src/outbox.js";
import { pipe } from "../src/pipe.js";
import { tlsPair } from "./pairs.js";

/** Connections in a round, and the bytes each may leave behind: noise, since the smallest object of ours takes more. */
const ROUND = 400;
const TOLERATED = 50;

const signal = new AbortController().signal;

/** Uses what a connection can hold on to: deadlines, signals, frames, an outbox, streams. */
async function converse(a: Conn, b: Conn): Promise<void> {
  a.setDeadline(Date.now() + 60_000);
  b.setReadDeadline(Date.now() + 60_000);
  const box = outbox(a);
  await box.send("hello\nworld", { signal });
  for await (const line of lines(b, { signal })) {
    assert.equal(line, "hello");
    break;
  }
  assert.ok(a.readable && a.writable);
  await box.close();
}

/** Ends a connection in each of the ways there are. */
async function part(a: Conn, b: Conn, way: number): Promise<void> {
  if (way % 3 === 0) await Promise.all([a.close(), b.close()]);
  else if (way % 3 === 1) a.abort();
  else await Promise.all([a.closeWrite(), b.closeWrite(), a.closeRead(), b.closeRead()]);
  if (way % 3 === 1) await assert.rejects(drain(b));
  // Whoever ended both halves need not close as well.
  if (way % 3 === 2) await Promise.all([a.closed, b.closed]);
  else await Promise.all([a.close(), b.close()]);
}

async function drain(conn: Conn): Promise<void> {
  for await (const chunk of conn) assert.ok(chunk.length > 0);
  throw new Error("the stream ended");
}

async function comeAndGo(listener: Listener, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const [a, b] = await Promise.all([dial(listener.addr, { signal }), listener.accept({ signal })]);
    await converse(a, b);
    await part(a, b, i);
  }
}

describe("connections that come and go", () => {
  it("leave no socket, timer or descriptor behind, and no memory", () =>
    withoutLeaks(async () => {
      const listener = await listen("127.0.0.1:0");
      try {
        // Compiled code and caches grow for a while; what leaks grows in every round.
        let least = Number.POSITIVE_INFINITY;
        for (let round = 0; round < 8 && least > ROUND * TOLERATED; round += 1) {
          const before = measureHeap();
          await comeAndGo(listener, ROUND);
          least = Math.min(least, measureHeap() - before);
        }
        assert.ok(least <= ROUND * TOLERATED, `each round leaves ${least} bytes`);
      } finally {
        await listener.close();
      }
    }));

  it("leave nothing of a pipe behind", () =>
    withoutLeaks(async () => {
      for (let i = 0; i < 30; i += 1) {
        const [a, b] = pipe();
        await converse(a, b);
        await part(a, b, i);
      }
    }));

  it("leave nothing of TLS behind", () =>
    withoutLeaks(async () => {
      for (let i = 0; i < 15; i += 1) {
        const { a, b } = await tlsPair();
        await converse(a, b);
        await part(a, b, i);
      }
    }));
});
