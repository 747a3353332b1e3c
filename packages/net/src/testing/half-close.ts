import assert from "node:assert/strict";
import { ClosedError } from "../errors.js";
import { assertSameBytes, type Check, noise, readAll, readText, turn } from "./check.js";

/** Each half ends on its own. */
export function halfCloseChecks(check: Check): void {
  check("closeWrite() lets the peer's reply still arrive", async (a, b) => {
    await a.write("question");
    await a.closeWrite();
    assert.equal((await readAll(b)).length, 8);
    // Several turns behind the FIN: a transport that answers it with its own would be closed by now.
    for (let i = 0; i < 5; i += 1) await turn();
    await b.write("answer");
    await b.closeWrite();
    assert.equal(Buffer.from(await readAll(a)).toString(), "answer");
  });

  check("closeWrite() flushes first", async (a, b) => {
    const sent = noise(500_000, 5);
    const reading = readAll(b);
    void a.write(sent);
    await a.closeWrite();
    assertSameBytes(await reading, sent);
  });

  check("closeWrite() turns later writes away and may be called again", async (a, b) => {
    await a.closeWrite();
    await a.closeWrite();
    await assert.rejects(a.write("late"), ClosedError);
    assert.equal(await b.read(), null);
  });

  check("a write that waits is not lost to closeWrite()", async (a, b) => {
    const sent = noise(400_000, 6);
    const writing = a.write(sent);
    const closing = a.closeWrite();
    assertSameBytes(await readAll(b), sent);
    await Promise.all([writing, closing]);
  });

  check("closed resolves once both halves are over at both ends", async (a, b) => {
    await a.closeWrite();
    assert.equal(await b.read(), null);
    await b.closeWrite();
    assert.equal(await a.read(), null);
    await Promise.all([a.closed, b.closed]);
  });

  check("closeRead() ends the wait under way and later reads with null, and may be called again", async (a) => {
    const reading = a.read();
    await a.closeRead();
    await a.closeRead();
    assert.equal(await reading, null);
    assert.equal(await a.read(), null);
    assert.equal(await a.readInto(new Uint8Array(8)), null);
  });

  check("closeRead() discards what comes, while writing goes on", async (a, b) => {
    await b.closeRead();
    // More than any buffer on the way holds: it only gets through when the other side takes it.
    const sending = a.write(noise(16 << 20)).then(() => a.flush());
    await b.write("still here");
    assert.equal(await readText(a, 10), "still here");
    await sending;
    assert.equal(await b.read(), null);
  });
}
