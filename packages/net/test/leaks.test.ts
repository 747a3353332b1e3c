import { measureGrowth, withoutLeaks } from "@belfry/testkit";
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

/** Connections in a round, and the bytes each may leave behind: more than chance, and less than a listener or a timer takes. */
const ROUND = 1000;
const TOLERATED = 40;
/** Node 22 goes on compiling and filling its caches for half of them. */
const ROUNDS = 10;

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
        const growth = await measureGrowth(() => comeAndGo(listener, ROUND), ROUNDS);
        assert.ok(growth <= ROUND * TOLERATED, `each round leaves ${growth} bytes`);
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

  for (const side of ["dialled", "accepted"] as const) {
    it(`leave no handle behind when one that was ${side} is aborted while its end is under way`, () =>
      withoutLeaks(async () => {
        const listener = await listen("127.0.0.1:0");
        // In the tick of the end, and past the one in which the shutdown begins, short of the one in which it is over.
        for (const ticks of [0, 1, 5]) {
          const [dialled, accepted] = await Promise.all([dial(listener.addr), listener.accept()]);
          const [one, other] = side === "dialled" ? [dialled, accepted] : [accepted, dialled];
          await one.write("all of it");
          const ended = one.closeWrite().catch(() => {});
          for (let i = 0; i < ticks; i += 1) await Promise.resolve();
          one.abort();
          await ended;
          await Promise.all([one.closed, other.close()]);
        }
        await listener.close();
      }));
  }
});
