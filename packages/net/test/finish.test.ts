import { until } from "@belfry/testkit";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Conn } from "../src/conn.js";
import { ClosedError } from "../src/errors.js";
import { finish } from "../src/finish.js";
import { noise } from "../src/testing/check.js";
import { everyPair, tcpPair } from "./pairs.js";

async function readAll(conn: Conn): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of conn) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("finish()", () => {
  for (const [name, makePair] of Object.entries(everyPair)) {
    it(`sends what is queued and the end, and releases the descriptor, over ${name}`, async () => {
      for (const size of [0, 5, 4_000_000]) {
        const { a, b } = await makePair();
        const sent = noise(size, 7);
        const writing = a.write(sent);
        const ending = finish(a);
        assert.ok((await readAll(b)).equals(sent));
        await Promise.all([writing, ending, b.close()]);
        await a.closed;
        await assert.rejects(a.write("more"), ClosedError);
      }
    });

    it(`turns away who waits and what comes later, over ${name}`, async () => {
      const { a, b } = await makePair();
      const reading = assert.rejects(a.read(), ClosedError);
      await finish(a);
      await b.close();
      await Promise.all([reading, a.closed]);
      await assert.rejects(a.read(), ClosedError);
    });

    it(`says so when the connection was aborted, over ${name}`, async () => {
      const { a, b } = await makePair();
      a.abort();
      await assert.rejects(finish(a), ClosedError);
      b.abort();
      await Promise.all([a.closed, b.closed]);
    });
  }

  it("ends without waiting for the peer, in the tick of the call", async () => {
    const { a, b } = await tcpPair();
    let isReleased = false;
    void a.closed.then(() => (isReleased = true));
    await a.write("hello");
    await finish(a);
    await until(() => isReleased);
    assert.equal(String(await readAll(b)), "hello");
    await b.close();
  });
});
