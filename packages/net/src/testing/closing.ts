import assert from "node:assert/strict";
import type { Conn } from "../conn.js";
import { BrokenError, ClosedError, DeadlineError } from "../errors.js";
import { assertSameBytes, type Check, inMs, noise, readAll, readText } from "./check.js";

/** `close` and `abort`, seen from both ends. */
export function closingChecks(check: Check, hasReset: boolean): void {
  check("close() ends the stream of the peer", async (a, b) => {
    await a.write("bye");
    await a.close();
    assert.equal(Buffer.from(await readAll(b)).toString(), "bye");
  });

  check("close() flushes what was written", async (a, b) => {
    const sent = noise(500_000, 7);
    const reading = readAll(b);
    void a.write(sent).catch(() => {});
    await a.close();
    assertSameBytes(await reading, sent);
  });

  check("close() makes every operation reject with ClosedError, and may be called again", async (a) => {
    await Promise.all([a.close(), a.close()]);
    await a.close();
    await a.closed;
    await assert.rejects(a.read(), ClosedError);
    await assert.rejects(a.readInto(new Uint8Array(1)), ClosedError);
    await assert.rejects(a.write("x"), ClosedError);
    await assert.rejects(a.flush(), ClosedError);
  });

  check("close() ends a read under way", async (a) => {
    const reading = assert.rejects(a.read(), ClosedError);
    await a.close();
    await reading;
  });

  check("close() gives up at the write deadline", async (a) => {
    const writing = assert.rejects(fill(a), isOneOf(ClosedError, DeadlineError));
    a.setWriteDeadline(inMs(50));
    await a.close();
    await a.closed;
    await writing;
  });

  check("leaves the connection closed when disposed", async (a, b) => {
    await a[Symbol.asyncDispose]();
    await assert.rejects(a.read(), ClosedError);
    assert.equal(await b.read(), null);
  });

  abortChecks(check, hasReset);
}

function abortChecks(check: Check, hasReset: boolean): void {
  check("abort() ends a closeWrite() of the same tick", async (a) => {
    const ending = a.closeWrite();
    a.abort();
    await Promise.allSettled([ending, a.closed]);
  });

  check("abort() ends the waits of its own side with ClosedError", async (a) => {
    const reading = assert.rejects(a.read(), ClosedError);
    const writing = assert.rejects(fill(a), ClosedError);
    a.abort();
    a.abort();
    await Promise.all([reading, writing, a.closed]);
    await assert.rejects(a.write("x"), ClosedError);
    await a.close();
  });

  check(`abort() shows the peer ${hasReset ? "a reset" : "a reset or the end of the stream"}`, async (a, b) => {
    await a.write("x");
    await readText(b, 1);
    const reading = b.read();
    a.abort(new Error("enough"));
    if (hasReset) await assert.rejects(reading, BrokenError);
    else await reading.then((chunk) => assert.equal(chunk, null), isOneOf(BrokenError));
  });

  check("abort() breaks the peer's writes", async (a, b) => {
    a.abort();
    await assert.rejects(fill(b), BrokenError);
    await assert.rejects(b.write("x"), BrokenError);
  });

  check("closed resolves after abort() and never rejects, at both ends", async (a, b) => {
    a.abort(new Error("enough"));
    await a.closed;
    await assert.rejects(fill(b), BrokenError);
    await b.close();
    await b.closed;
  });

  check("errors name their operation and both ends", async (a) => {
    const { localAddr, remoteAddr } = a;
    a.abort();
    await assert.rejects(a.read(), { name: "ClosedError", code: "ERR_CLOSED", op: "read", localAddr, remoteAddr });
    await assert.rejects(a.write("x"), { name: "ClosedError", code: "ERR_CLOSED", op: "write", localAddr, remoteAddr });
  });
}

/** Writes until something stops it. */
async function fill(conn: Conn): Promise<never> {
  const block = new Uint8Array(65_536);
  for (;;) await conn.write(block);
}

function isOneOf(...kinds: readonly (abstract new (...args: never[]) => Error)[]): (error: unknown) => true {
  return (error) => {
    assert.ok(
      kinds.some((kind) => error instanceof kind),
      `expected ${kinds.map((kind) => kind.name).join(" or ")}, got ${String(error)}`,
    );
    return true;
  };
}
