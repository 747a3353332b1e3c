import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, it } from "node:test";
import type { Conn } from "../src/conn.js";
import { copy } from "../src/copy.js";
import { pipe } from "../src/pipe.js";
import { ClosedError } from "../src/errors.js";
import { noise } from "../src/testing/check.js";
import { withTcpPair } from "./pairs.js";

/** Writes everything and ends the stream. */
async function feed(conn: Conn, bytes: Uint8Array): Promise<void> {
  await conn.write(bytes);
  await conn.closeWrite();
}

async function readAll(conn: Conn): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of conn) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("copy()", () => {
  it("rejects with what a writer of another make throws, also at once", async () => {
    const failure = new Error("no room");
    const throwing = {
      write: (): Promise<void> => {
        throw failure;
      },
    };
    for (const length of [1, 100_000]) {
      const [client, server] = pipe();
      const copied = copy(server, throwing);
      void client.write(new Uint8Array(length));
      await assert.rejects(copied, (error) => error === failure);
      client.abort();
      server.abort();
    }
  });

  it("copies a connection to its end, in large chunks and small, and counts", () =>
    withTcpPair((a, b) =>
      withTcpPair(async (c, d) => {
        const sent = noise(3_000_000, 20);
        const feeding = feed(a, sent);
        const copying = copy(b, c);
        const receiving = readAll(d);
        assert.equal(await copying, sent.length);
        await Promise.all([feeding, c.closeWrite()]);
        assert.equal(Buffer.compare(await receiving, sent), 0);
      }),
    ));

  it("echoes, and leaves both halves open", () =>
    withTcpPair(async (a, b) => {
      const echoing = copy(b, b);
      await a.write("hello");
      assert.equal(Buffer.from((await a.read()) ?? []).toString(), "hello");
      await a.closeWrite();
      assert.equal(await echoing, 5);
      await b.write("still open");
      assert.equal((await a.read())?.length, 10);
    }));

  it("copies what an iterable, a Node stream or a Web stream gives", () =>
    withTcpPair(async (a, b) => {
      const receiving = readAll(b);
      assert.equal(await copy(Readable.from([Buffer.from("node "), "str\u00ebm "]), a), 12);
      assert.equal(await copy(new Blob(["web stream "]).stream(), a), 11);
      assert.equal(await copy(chunks("an ", "iterable"), a), 11);
      await a.closeWrite();
      assert.equal((await receiving).toString(), "node str\u00ebm web stream an iterable");
    }));

  it("reports progress after each write", () =>
    withTcpPair(async (a) => {
      const totals: number[] = [];
      await copy(chunks("one", "three"), a, { onProgress: (total) => totals.push(total) });
      assert.deepEqual(totals, [3, 8]);
    }));

  it("stops when aborted, with the reason, and loses nothing that was not read", () =>
    withTcpPair(async (a, b) => {
      const reason = new Error("enough");
      const abort = new AbortController();
      const copying = assert.rejects(copy(b, b, { signal: abort.signal }), reason);
      abort.abort(reason);
      await copying;
      await a.write("later");
      assert.equal((await b.read())?.length, 5);
      await assert.rejects(copy(b, b, { signal: abort.signal }), reason);
    }));

  it("stops waiting for an iterable when aborted, and finishes it", () =>
    withTcpPair(async (a) => {
      const reason = new Error("enough");
      const abort = new AbortController();
      const source = new Readable({ read() {} });
      const copying = assert.rejects(copy(source, a, { signal: abort.signal }), reason);
      abort.abort(reason);
      await copying;
      source.destroy();
    }));

  it("passes on what writing throws, and finishes an iterable then", () =>
    withTcpPair(async (a) => {
      await a.closeWrite();
      let isFinished = false;
      async function* source(): AsyncGenerator<string> {
        try {
          yield "x";
        } finally {
          isFinished = true;
        }
      }
      await assert.rejects(copy(source(), a), ClosedError);
      assert.ok(isFinished);
    }));

  it("passes on what the source throws", () =>
    withTcpPair(async (a) => {
      const error = new Error("disk on fire");
      await assert.rejects(
        copy(
          Readable.from(
            (function* () {
              yield "x";
              throw error;
            })(),
          ),
          a,
        ),
        error,
      );
    }));
});

async function* chunks(...texts: readonly string[]): AsyncGenerator<string> {
  for (const text of texts) yield await Promise.resolve(text);
}
