import assert from "node:assert/strict";
import { ClosedError } from "../errors.js";
import { assertSameBytes, type Check, noise, readAll, readText } from "./check.js";

/** The Web Streams of each half. */
export function webStreamChecks(check: Check): void {
  check("readable and writable carry bytes and ends both ways", async (a, b) => {
    const sent = noise(200_000, 11);
    const echoing = b.readable.pipeTo(b.writable);
    const writer = a.writable.getWriter();
    const writing = writer.write(sent).then(() => writer.close());
    const chunks: Uint8Array[] = [];
    const reader = a.readable.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    assertSameBytes(Buffer.concat(chunks), sent);
    await Promise.all([writing, echoing]);
  });

  check("readable fills the buffer of a BYOB reader, and ends", async (a, b) => {
    await a.write("abc");
    await a.closeWrite();
    const reader = b.readable.getReader({ mode: "byob" });
    let text = "";
    for (;;) {
      const { value, done } = await reader.read(new Uint8Array(2));
      if (done) break;
      assert.ok(value.length <= 2);
      text += Buffer.from(value).toString();
    }
    assert.equal(text, "abc");
  });

  check("readable is one stream and takes nothing before it is read", async (a, b) => {
    assert.equal(b.readable, b.readable);
    await a.write("x");
    assert.equal(await readText(b, 1), "x");
    assert.equal(a.writable, a.writable);
  });

  check("cancelling readable is closeRead", async (a, b) => {
    await b.readable.cancel();
    assert.equal(await b.read(), null);
    await b.write("still writing");
    assert.equal((await readText(a, 13)).length, 13);
  });

  check("closing writable is closeWrite", async (a, b) => {
    await a.writable.close();
    assert.equal((await readAll(b)).length, 0);
    await assert.rejects(a.write("x"), ClosedError);
    await b.write("y");
    assert.equal(await readText(a, 1), "y");
  });

  check("aborting writable is abort", async (a) => {
    await a.writable.abort(new Error("enough"));
    await a.closed;
    await assert.rejects(a.read(), ClosedError);
  });
}
