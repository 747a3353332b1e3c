import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { delimited } from "../src/delimited.js";
import { BrokenError, LineTooLongError } from "../src/errors.js";
import { chunkedConn, collect, cutAt, cuts, restOf } from "./chunked-conn.js";

async function recordsOf(chunks: readonly (Uint8Array | string)[], delimiter: string, maxLength?: number) {
  const { items, error } = await collect(delimited(chunkedConn(chunks), delimiter, { maxLength }));
  return { records: items.map((item) => Buffer.from(item).toString()), error };
}

describe("delimited()", () => {
  it("gives what was written, however it is cut into chunks", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom("a", "b", "-") }).filter((text) => !`${text}-`.includes("--"))),
        cuts,
        async (texts, at) => {
          const bytes = Buffer.from(texts.map((text) => `${text}--`).join(""));
          const { records, error } = await recordsOf(cutAt(bytes, at), "--");
          assert.equal(error, undefined);
          assert.deepEqual(records, texts);
        },
      ),
    ));

  it("takes the first of overlapping delimiters", async () => {
    assert.deepEqual((await recordsOf(["a--", "-b--"], "--")).records, ["a", "-b"]);
  });

  it("rejects at a record over the limit, after all records before it, however they are cut", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(6)), cuts, async (lengths, at) => {
        const bytes = Buffer.from(lengths.map((length) => `${"x".repeat(length)}||`).join(""));
        const { records, error } = await recordsOf(cutAt(bytes, at), "||", 4);
        const bad = lengths.findIndex((length) => length > 4);
        assert.deepEqual(
          records.map((record) => record.length),
          bad === -1 ? lengths : lengths.slice(0, bad),
        );
        assert.equal(error instanceof LineTooLongError, bad !== -1);
      }),
    ));

  it("rejects when the stream ends within a record, and leaves its bytes", async () => {
    const conn = chunkedConn(["one|tw", "o"]);
    const { items, error } = await collect(delimited(conn, "|"));
    assert.equal(items.length, 1);
    assert.ok(error instanceof BrokenError);
    assert.equal(error.op, "read");
    assert.match(error.message, /the stream ended within a record, 3 bytes after its start$/);
    assert.equal((await restOf(conn)).toString(), "two");
  });

  it("leaves with the connection what a loop did not take", async () => {
    const conn = chunkedConn(["one|two|th", "ree|"]);
    for await (const record of delimited(conn, "|")) {
      assert.equal(Buffer.from(record).toString(), "one");
      break;
    }
    assert.equal((await restOf(conn)).toString(), "two|three|");
  });

  it("takes bytes as a delimiter", async () => {
    const { items } = await collect(delimited(chunkedConn([new Uint8Array([1, 0, 2, 0])]), new Uint8Array([0])));
    assert.deepEqual(
      items.map((item) => [...item]),
      [[1], [2]],
    );
  });

  it("refuses an empty delimiter and a limit of nothing", () => {
    assert.throws(() => delimited(chunkedConn([]), ""), RangeError);
    assert.throws(() => delimited(chunkedConn([]), "|", { maxLength: 0 }), RangeError);
  });
});
