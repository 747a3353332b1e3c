import assert from "node:assert/strict";
import { isRewindable, unread } from "../abilities.js";
import type { Conn } from "../conn.js";
import { assertRoundTrip, assertSameBytes, type Check, noise, readAll, readExactly, readText } from "./check.js";

/** Reading and writing: exact bytes, end of stream, `max`, `readInto`, ownership, counters. */
export function transferChecks(check: Check): void {
  check("carries 1 MiB exactly through writes of odd sizes", async (a, b) => {
    const sent = noise(1 << 20);
    const sending = writeInPieces(a, sent, [1, 1023, 64, 4097, 7, 65_536, 16_385]);
    assertSameBytes(await readAll(b), sent);
    await sending;
  });

  check("plays ping-pong a thousand times", async (a, b) => {
    const echo = pong(b);
    const ball = new DataView(new ArrayBuffer(8));
    for (let count = 0n; count < 1000n; count += 2n) {
      ball.setBigUint64(0, count, true);
      await a.write(new Uint8Array(ball.buffer.slice(0)));
      const back = await readExactly(a, 8);
      assert.equal(new DataView(back.buffer, back.byteOffset, 8).getBigUint64(0, true), count + 1n);
    }
    await a.closeWrite();
    await echo;
  });

  check("carries both directions at once", async (a, b) => {
    const [forth, back] = [noise(300_000, 2), noise(300_000, 3)];
    const results = Promise.all([readAll(b), readAll(a)]);
    await Promise.all([writeInPieces(a, forth, [5000]), writeInPieces(b, back, [4999])]);
    const [gotForth, gotBack] = await results;
    assertSameBytes(gotForth, forth);
    assertSameBytes(gotBack, back);
  });

  check("read() gives null at the end of the stream, and again", async (a, b) => {
    await a.write("x");
    await a.closeWrite();
    assert.equal(await readText(b, 1), "x");
    assert.equal(await b.read(), null);
    assert.equal(await b.read(), null);
    assert.equal(await b.readInto(new Uint8Array(1)), null);
  });

  check("read({ max }) gives at most max bytes and keeps the rest", async (a, b) => {
    await a.write("abcdef");
    const first = await b.read({ max: 2 });
    assert.equal(first?.length, 2);
    assert.equal(await readText(b, 4), "cdef");
  });

  check("readInto() fills the front of the target and keeps the rest", async (a, b) => {
    const target = new Uint8Array(4);
    const early = b.readInto(target);
    await a.write("ab");
    assert.equal(await early, 2);
    assert.deepEqual([...target], [97, 98, 0, 0]);
    await a.write("cdefgh");
    let text = "";
    while (text.length < 6) text += Buffer.from(target.subarray(0, (await b.readInto(target)) ?? 0)).toString();
    assert.equal(text, "cdefgh");
  });

  check("refuses a max that is no whole number of at least 1, and an empty target", async (a) => {
    for (const max of [0, -1, 1.5, Number.NaN]) await assert.rejects(a.read({ max }), RangeError);
    await assert.rejects(a.readInto(new Uint8Array(0)), RangeError);
  });

  check("sends text as UTF-8", async (a, b) => {
    await a.write("grün 🔔");
    assert.deepEqual(Buffer.from(await readExactly(b, 10)).toString(), "grün 🔔");
  });

  check("sends nothing for an empty write", async (a, b) => {
    await a.write("");
    await a.write(new Uint8Array(0));
    await assertRoundTrip(a, b);
  });

  ownershipChecks(check);
  counterChecks(check);
}

function ownershipChecks(check: Check): void {
  check("hands out bytes that later reads do not change", async (a, b) => {
    await a.write("aaaa");
    const first = await b.read();
    await a.write("bbbb");
    await readText(b, 4);
    assert.equal(Buffer.from(first ?? []).toString(), "aaaa".slice(0, first?.length));
  });

  check("leaves an array to the caller once its write has resolved", async (a, b) => {
    const reading = readAll(b);
    const sent = noise(200 * 4096, 4);
    const array = new Uint8Array(4096);
    for (let at = 0; at < sent.length; at += array.length) {
      array.set(sent.subarray(at, at + array.length));
      await a.write(array);
      array.fill(0);
    }
    await a.closeWrite();
    assertSameBytes(await reading, sent);
  });

  check("takes bytes back in front of the rest, where it can", async (a, b) => {
    await a.write("hello world");
    const start = await readExactly(b, 5);
    if (!isRewindable(b)) return;
    const { bytesRead } = b;
    b[unread](start);
    assert.equal(await readText(b, 11), "hello world");
    assert.ok(b.bytesRead >= bytesRead && b.bytesRead <= 11, "bytes taken back count once");
  });
}

function counterChecks(check: Check): void {
  check("counts the bytes of both directions", async (a, b) => {
    await a.write("12345");
    await a.write(new Uint8Array(10));
    await readExactly(b, 15);
    await b.write("é");
    await readExactly(a, 2);
    assert.deepEqual([a.bytesWritten, a.bytesRead], [15, 2]);
    assert.deepEqual([b.bytesWritten, b.bytesRead], [2, 15]);
  });

  check("flush() resolves with nothing queued", async (a, b) => {
    const reading = readAll(b);
    for (let i = 0; i < 10; i += 1) void a.write(new Uint8Array(30_000));
    await a.flush();
    assert.equal(a.bytesQueued, 0);
    await a.closeWrite();
    assert.equal((await reading).length, 300_000);
  });

  check("stays open when a loop over it is left", async (a, b) => {
    await a.write("x");
    for await (const chunk of b) {
      assert.equal(chunk.length, 1);
      break;
    }
    await assertRoundTrip(a, b);
  });

  check("names both ends", async (a, b) => {
    assert.equal(a.localAddr.network, b.localAddr.network);
    assert.equal(String(a.localAddr), String(b.remoteAddr));
    assert.equal(String(a.remoteAddr), String(b.localAddr));
    await assertRoundTrip(a, b);
  });
}

async function writeInPieces(conn: Conn, bytes: Uint8Array, sizes: readonly number[]): Promise<void> {
  let at = 0;
  for (let i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    await conn.write(bytes.subarray(at, at + size));
    at += size;
  }
  await conn.closeWrite();
}

async function pong(conn: Conn): Promise<void> {
  for (let i = 0; i < 500; i += 1) {
    const ball = await readExactly(conn, 8);
    const view = new DataView(ball.buffer, ball.byteOffset, 8);
    view.setBigUint64(0, view.getBigUint64(0, true) + 1n, true);
    await conn.write(ball);
  }
}
