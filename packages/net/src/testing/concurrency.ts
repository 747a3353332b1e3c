import assert from "node:assert/strict";
import type { Conn } from "../conn.js";
import { BusyError, DeadlineError } from "../errors.js";
import {
  assertRoundTrip,
  assertSameBytes,
  type Check,
  inMs,
  noise,
  readAll,
  readExactly,
  readText,
  turn,
} from "./check.js";

/** Several tasks at once, and waits that are called off. */
export function concurrencyChecks(check: Check): void {
  check("turns a second read away while one waits, and serves the first", async (a, b) => {
    const first = a.read();
    await assert.rejects(a.read(), BusyError);
    await assert.rejects(a.readInto(new Uint8Array(1)), BusyError);
    await b.write("x");
    assert.equal((await first)?.length, 1);
    await assertRoundTrip(a, b);
  });

  check("sends what many tasks write whole and in the order of their calls", async (a, b) => {
    const calls: Uint8Array[] = [];
    const reading = readAll(b);
    await Promise.all(Array.from({ length: 20 }, (_, task) => writeMany(a, task, calls)));
    await a.closeWrite();
    assertSameBytes(await reading, Buffer.concat(calls));
  });

  check("racing readers lose no byte and fail only for being busy or out of time", async (a, b) => {
    const sent = noise(300_000, 9);
    const sending = a.write(sent).then(() => a.closeWrite());
    const got: Uint8Array[] = [];
    const race = async () => {
      for (let i = 0; i < 100; i += 1) {
        b.setReadDeadline(inMs(1));
        const chunk = await b.read({ max: 1024 }).catch(assertBusyOrLate);
        if (chunk) got.push(chunk);
      }
    };
    await Promise.all(Array.from({ length: 10 }, race));
    b.setReadDeadline(null);
    got.push(await readAll(b));
    assertSameBytes(Buffer.concat(got), sent);
    await sending;
  });

  check("racing writers keep every message whole under expiring deadlines", async (a, b) => {
    const reading = readAll(b);
    const race = async (task: number) => {
      for (let i = 0; i < 50; i += 1) {
        a.setWriteDeadline(inMs(1));
        await a.write(new Uint8Array(512).fill(task)).catch(assertBusyOrLate);
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, task) => race(task)));
    a.setWriteDeadline(null);
    await a.closeWrite();
    const received = await reading;
    assert.equal(received.length, a.bytesWritten);
    for (let at = 0; at < received.length; at += 512) {
      const message = received.subarray(at, at + 512);
      assert.ok(message.length === 512 && message.every((byte) => byte === message[0]), `torn at offset ${at}`);
    }
  });

  check("stands all methods at once", async (a, b) => {
    const feeding = b.write(new Uint8Array(100));
    const calls = Array.from({ length: 100 }, () => [
      a.read({ max: 1 }).catch(assertBusyOrLate),
      a.write("x"),
      a.flush(),
      a.setDeadline(inMs(60_000)),
      a.setReadDeadline(inMs(60_000)),
      a.setWriteDeadline(null),
      [a.localAddr, a.remoteAddr, a.bytesRead, a.bytesWritten, a.bytesQueued, a.tls],
    ]);
    await Promise.all([feeding, readExactly(b, 100), ...calls.flat()]);
    await b.write("|");
    while ((await readText(a, 1)) !== "|");
    await assertRoundTrip(a, b);
  });

  abortedWaitChecks(check);
}

function abortedWaitChecks(check: Check): void {
  check("an aborted read rejects with the reason and loses no byte", async (a, b) => {
    const reason = new Error("changed my mind");
    const abort = new AbortController();
    const reading = assert.rejects(a.read({ signal: abort.signal }), reason);
    abort.abort(reason);
    await reading;
    await assert.rejects(a.read({ signal: abort.signal }), reason);
    await assert.rejects(a.readInto(new Uint8Array(1), { signal: abort.signal }), reason);
    await assertRoundTrip(b, a);
  });

  check("reads aborted amid a stream lose no byte", async (a, b) => {
    const sent = noise(200_000, 10);
    const sending = a.write(sent).then(() => a.closeWrite());
    const got: Uint8Array[] = [];
    for (;;) {
      const abort = new AbortController();
      const reading = b.read({ max: 999, signal: abort.signal }).catch(() => undefined);
      queueMicrotask(() => abort.abort());
      const chunk = await reading;
      if (chunk === null) break;
      if (chunk === undefined) await turn();
      else got.push(chunk);
    }
    assertSameBytes(Buffer.concat(got), sent);
    await sending;
  });

  check("an aborted write rejects with the reason; what was queued is still sent", async (a, b) => {
    const reason = new Error("changed my mind");
    const abort = new AbortController();
    const writing = assert.rejects(a.write(noise(8 << 20), { signal: abort.signal }), reason);
    abort.abort(reason);
    await writing;
    const [received] = await Promise.all([readAll(b), a.closeWrite()]);
    assertSameBytes(received, noise(8 << 20));
  });

  check("a write with a signal already aborted sends nothing", async (a, b) => {
    const reason = new Error("too late");
    await assert.rejects(a.write("never sent", { signal: AbortSignal.abort(reason) }), reason);
    await assertRoundTrip(a, b);
  });
}

async function writeMany(conn: Conn, task: number, calls: Uint8Array[]): Promise<void> {
  for (let i = 0; i < 50; i += 1) {
    const message = noise(1 + ((task * 131 + i * 37) % 3000), task * 100 + i);
    calls.push(message);
    await conn.write(message);
  }
}

function assertBusyOrLate(error: unknown): undefined {
  assert.ok(error instanceof BusyError || error instanceof DeadlineError, String(error));
}
