import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { BrokenError, LineTooLongError } from "../src/errors.js";
import { lengthPrefix, lengthPrefixed, type LengthPrefixOptions } from "../src/length-prefixed.js";
import { chunkedConn, collect, cutAt, cuts, restOf } from "./chunked-conn.js";

const settings = fc.record({ bytes: fc.constantFrom(1, 2, 4), littleEndian: fc.boolean() });

describe("lengthPrefixed()", () => {
  it("gives what lengthPrefix() framed, however it is cut into chunks", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 255 })), settings, cuts, async (frames, options, at) => {
        const bytes = Buffer.concat(frames.map((frame) => lengthPrefix(frame, options as LengthPrefixOptions)));
        const conn = chunkedConn(cutAt(bytes, at));
        const { items, error } = await collect(lengthPrefixed(conn, options as LengthPrefixOptions));
        assert.equal(error, undefined);
        assert.deepEqual(
          items.map((item) => [...item]),
          frames.map((frame) => [...frame]),
        );
      }),
    ));

  it("rejects at a frame over the limit as soon as its length is there, and leaves it unread", async () => {
    const conn = chunkedConn([lengthPrefix("one"), lengthPrefix("three").subarray(0, 4)]);
    const { items, error } = await collect(lengthPrefixed(conn, { maxLength: 4 }));
    assert.equal(items.length, 1);
    assert.ok(error instanceof LineTooLongError);
    assert.deepEqual([...(await restOf(conn))], [0, 0, 0, 5]);
  });

  it("rejects when the stream ends within a frame or its length", async () => {
    for (const torn of [lengthPrefix("three").subarray(0, 8), new Uint8Array([0, 0])]) {
      const { error } = await collect(lengthPrefixed(chunkedConn([torn])));
      assert.ok(error instanceof BrokenError);
      assert.match(error.message, /the stream ended within a frame/);
    }
  });

  it("leaves with the connection what a loop did not take", async () => {
    const conn = chunkedConn([Buffer.concat([lengthPrefix("one"), lengthPrefix("two")])]);
    for await (const frame of lengthPrefixed(conn)) {
      assert.equal(Buffer.from(frame).toString(), "one");
      break;
    }
    assert.deepEqual(await restOf(conn), Buffer.from(lengthPrefix("two")));
  });

  it("refuses a prefix of another width and a limit of nothing", () => {
    assert.throws(() => lengthPrefixed(chunkedConn([]), { bytes: 3 as 4 }), RangeError);
    assert.throws(() => lengthPrefixed(chunkedConn([]), { maxLength: 0 }), RangeError);
  });
});

describe("lengthPrefix()", () => {
  it("writes the length in network order, or least significant byte first", () => {
    assert.deepEqual([...lengthPrefix("hé")], [0, 0, 0, 3, 104, 195, 169]);
    assert.deepEqual([...lengthPrefix(new Uint8Array([7]), { bytes: 2, littleEndian: true })], [1, 0, 7]);
  });

  it("refuses data that is over the limit or whose length does not fit", () => {
    assert.throws(() => lengthPrefix("12345", { maxLength: 4 }), RangeError);
    assert.throws(() => lengthPrefix(new Uint8Array(256), { bytes: 1 }), RangeError);
    assert.equal(lengthPrefix(new Uint8Array(255), { bytes: 1 }).length, 256);
  });
});
