import assert from "node:assert/strict";
import type { Conn } from "../conn.js";
import { DeadlineError } from "../errors.js";
import { assertRoundTrip, assertSameBytes, type Check, inMs, noise, readAll, readText, turn } from "./check.js";

const BLOCK = 65_536;

/** Deadlines: past, present and future ones, each half on its own, and no byte lost by any. */
export function deadlineChecks(check: Check): void {
  check("a read deadline in the past stops reading and not writing", async (a, b) => {
    a.setReadDeadline(inMs(-1000));
    await assert.rejects(a.read(), DeadlineError);
    await a.write("x");
    assert.equal(await readText(b, 1), "x");
  });

  check("a write deadline in the past stops writing and not reading", async (a, b) => {
    a.setWriteDeadline(inMs(-1000));
    await assert.rejects(a.write("never sent"), DeadlineError);
    await b.write("x");
    assert.equal(await readText(a, 1), "x");
    a.setWriteDeadline(null);
    await a.write("y");
    assert.equal(await readText(b, 1), "y");
  });

  check("a read deadline in the past leaves bytes that are there for later", async (a, b) => {
    await b.write("kept");
    assert.equal(await readText(a, 1), "k");
    a.setReadDeadline(new Date(0));
    await assert.rejects(a.read(), DeadlineError);
    await assert.rejects(a.readInto(new Uint8Array(4)), DeadlineError);
    a.setReadDeadline(null);
    assert.equal(await readText(a, 3), "ept");
  });

  check("deadlines in the past that are lifted leave no trace", async (a, b) => {
    await assertRoundTrip(a, b);
    a.setDeadline(inMs(-1));
    await assert.rejects(a.write("x"), DeadlineError);
    await assert.rejects(a.read(), DeadlineError);
    a.setDeadline(null);
    await assertRoundTrip(a, b);
  });

  check("a deadline set to the past ends the waits under way", async (a) => {
    const reading = assert.rejects(a.read(), DeadlineError);
    const writing = assert.rejects(fill(a), DeadlineError);
    await turn();
    a.setDeadline(inMs(-1));
    await Promise.all([reading, writing]);
  });

  check("a deadline ahead ends the waits when it comes, and a later one revives the connection", async (a, b) => {
    const before = Date.now();
    a.setDeadline(before + 40);
    const sent = { bytes: 0 };
    await Promise.all([assert.rejects(a.read(), DeadlineError), assert.rejects(fill(a, sent), DeadlineError)]);
    assert.ok(Date.now() >= before + 40, "not before its time");
    a.setDeadline(inMs(60_000));
    await Promise.all([a.write("end"), readAllOf(b, sent.bytes + 3)]);
    await assertRoundTrip(a, b);
  });

  check("a wait under way goes by a deadline moved further away", async (a, b) => {
    a.setReadDeadline(inMs(20));
    const reading = a.read();
    a.setReadDeadline(inMs(60_000));
    b.setReadDeadline(inMs(40));
    await assert.rejects(b.read(), DeadlineError);
    await b.write("x");
    assert.equal((await reading)?.length, 1);
  });

  lossChecks(check);
}

function lossChecks(check: Check): void {
  check("reads that run out of time lose no byte", async (a, b) => {
    const sent = noise(200_000, 8);
    const sending = trickle(a, sent);
    const received: Uint8Array[] = [];
    for (let chunk: Uint8Array | null = new Uint8Array(0); chunk !== null;) {
      b.setReadDeadline(inMs(1));
      chunk = await b.read().catch((error: unknown) => {
        assert.ok(error instanceof DeadlineError);
        return new Uint8Array(0);
      });
      if (chunk !== null) received.push(chunk);
    }
    assertSameBytes(Buffer.concat(received), sent);
    await sending;
  });

  check("a write that runs out of time while queued is still sent", async (a, b) => {
    const blocks: Uint8Array[] = [];
    a.setWriteDeadline(inMs(30));
    await assert.rejects(async () => {
      for (;;) {
        const block = noise(BLOCK, blocks.length + 1);
        // Only what came to wait is known to be queued; the deadline cannot strike before the first wait.
        blocks.push(block);
        await a.write(block);
      }
    }, DeadlineError);
    a.setWriteDeadline(null);
    const [received] = await Promise.all([readAll(b), a.closeWrite()]);
    const sent = Buffer.concat(blocks);
    const isRefused = received.length === sent.length - BLOCK;
    assertSameBytes(received, isRefused ? sent.subarray(0, received.length) : sent);
  });

  check("deadlines take a Date, milliseconds or null, and nothing else", async (a, b) => {
    a.setDeadline(new Date(inMs(60_000)));
    a.setReadDeadline(inMs(60_000));
    a.setWriteDeadline(null);
    assert.throws(() => a.setDeadline(Number.NaN), TypeError);
    assert.throws(() => a.setReadDeadline(new Date("never")), TypeError);
    assert.throws(() => a.setWriteDeadline("soon" as unknown as number), TypeError);
    await assertRoundTrip(a, b);
  });
}

/** Writes until something stops it, and counts what the connection took. */
async function fill(conn: Conn, sent = { bytes: 0 }): Promise<never> {
  const block = new Uint8Array(BLOCK);
  for (;;) {
    const before = conn.bytesWritten;
    try {
      await conn.write(block);
    } finally {
      sent.bytes += conn.bytesWritten - before;
    }
  }
}

async function readAllOf(conn: Conn, length: number): Promise<void> {
  await readText(conn, length);
}

/** In small pieces, with turns between, so that waits begin and end amid the stream. */
async function trickle(conn: Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += 1999) {
    await conn.write(bytes.subarray(at, at + 1999));
    await turn();
  }
  await conn.closeWrite();
}
