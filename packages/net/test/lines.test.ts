import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { until } from "@belfry/testkit";
import * as fc from "fast-check";
import type { Conn } from "../src/conn.js";
import { BusyError, LineTooLongError } from "../src/errors.js";
import { lines } from "../src/lines.js";
import { chunkedConn, collect, cutAt, cuts, restOf } from "./chunked-conn.js";
import { withTcpPair } from "./pairs.js";

const lineText = fc.string({ unit: "binary", maxLength: 40 }).filter((text) => !/[\n\r]/.test(text));
const lineEnd = fc.constantFrom("\n", "\r\n");

describe("lines()", () => {
  it("gives what was written, however it is cut into chunks", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(lineText, lineEnd)), lineText, cuts, async (ended, last, at) => {
        const bytes = Buffer.from(ended.map(([text, end]) => text + end).join("") + last);
        const { items, error } = await collect(lines(chunkedConn(cutAt(bytes, at))));
        assert.equal(error, undefined);
        assert.deepEqual(items, [...ended.map(([text]) => text), ...(last === "" ? [] : [last])]);
      }),
    ));

  it("gives the same for any bytes and any limit, however they are cut", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(0x0a, 0x0d, 0x61, 0xc3, 0xa9, 0xff), { maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        cuts,
        async (codes, maxLength, at) => {
          const bytes = Buffer.from(codes);
          const expected = splitLines(bytes, maxLength);
          const { items, error } = await collect(lines(chunkedConn(cutAt(bytes, at)), { maxLength }));
          assert.deepEqual(items, expected.lines);
          assert.equal(error instanceof LineTooLongError, expected.isTooLong);
        },
      ),
      { numRuns: 1000 },
    ));

  it("leaves with the connection what a loop did not take, to the byte", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(0x0a, 0x0d, 0x61, 0xc3, 0xa9, 0xff), { maxLength: 60 }),
        fc.nat(10),
        cuts,
        async (codes, wanted, at) => {
          const bytes = Buffer.from(codes);
          const conn = chunkedConn(cutAt(bytes, at));
          let taken = 0;
          for await (const line of lines(conn)) {
            assert.equal(typeof line, "string");
            taken += 1;
            if (taken > wanted) break;
          }
          assert.deepEqual(await restOf(conn), bytes.subarray(endOfLine(bytes, taken)));
        },
      ),
    ));

  it("counts neither LF nor CRLF against the limit", async () => {
    const { items, error } = await collect(lines(chunkedConn(["abc\n", "abc\r", "\nabc\r\nabc"]), { maxLength: 3 }));
    assert.equal(error, undefined);
    assert.deepEqual(items, ["abc", "abc", "abc", "abc"]);
  });

  it("rejects at a line over the limit, after all lines before it, and leaves it unread", async () => {
    const conn = chunkedConn(["one\ntwo\nthr", "ee\nfour\n"]);
    const { items, error } = await collect(lines(conn, { maxLength: 4 }));
    assert.deepEqual(items, ["one", "two"]);
    assert.ok(error instanceof LineTooLongError);
    assert.equal(error.message, "Cannot read line: longer than 4 bytes");
    assert.equal(error.maxLength, 4);
    assert.equal((await restOf(conn)).toString(), "three\nfour\n");
  });

  it("rejects at an endless line as soon as it is over the limit", async () => {
    const conn = chunkedConn(Array.from({ length: 1000 }, () => "x".repeat(100)));
    const { error } = await collect(lines(conn, { maxLength: 1000 }));
    assert.ok(error instanceof LineTooLongError);
    assert.equal((await restOf(conn)).length, 100_000);
  });

  it("measures the limit in bytes, not in characters", async () => {
    assert.deepEqual((await collect(lines(chunkedConn(["éé\n"]), { maxLength: 4 }))).items, ["éé"]);
    assert.ok((await collect(lines(chunkedConn(["éé\n"]), { maxLength: 3 }))).error instanceof LineTooLongError);
  });

  it("keeps a byte order mark and turns bytes that are no UTF-8 into U+FFFD", async () => {
    const { items } = await collect(lines(chunkedConn(["\uFEFFx\n", new Uint8Array([0xff, 0x0a])])));
    assert.deepEqual(items, ["\uFEFFx", "\uFFFD"]);
  });

  it("goes on in a second loop where the first was left", async () => {
    const input = lines(chunkedConn(["one\ntwo\nthr", "ee\n"]));
    for await (const line of input) if (line === "one") break;
    assert.deepEqual((await collect(input)).items, ["two", "three"]);
  });

  it("loses nothing between two loops on a connection that takes no bytes back", async () => {
    const full = chunkedConn(["one\ntwo\nthr", "ee\n"]);
    const plain = { read: () => full.read(), localAddr: full.localAddr, remoteAddr: full.remoteAddr };
    const input = lines(plain as unknown as Conn);
    for await (const line of input) if (line === "one") break;
    assert.deepEqual((await collect(input)).items, ["two", "three"]);
  });

  it("joins what the loop writes exactly while more lines are at hand", async () => {
    const conn = chunkedConn(["one\n", "two\nthree\nfour\n"]);
    const held: number[] = [];
    for await (const line of lines(conn)) held.push(line.length, conn.holds);
    assert.deepEqual(held, [3, 0, 3, 1, 5, 2, 4, 2]);
  });

  it("turns a second task away while one waits", () =>
    withTcpPair(async (a, b) => {
      const iterator = lines(a)[Symbol.asyncIterator]();
      const first = iterator.next();
      await assert.rejects(iterator.next(), BusyError);
      await b.write("x\n");
      assert.deepEqual(await first, { value: "x", done: false });
    }));

  it("keeps the beginning of a line when its wait is aborted", () =>
    withTcpPair(async (a, b) => {
      const reason = new Error("enough");
      const abort = new AbortController();
      const looping = assert.rejects(lines(a, { signal: abort.signal })[Symbol.asyncIterator]().next(), reason);
      await b.write("begun");
      await until(() => a.bytesRead === 5);
      abort.abort(reason);
      await looping;
      await b.write(" and ended\n");
      assert.deepEqual(await lines(a)[Symbol.asyncIterator]().next(), { value: "begun and ended", done: false });
    }));

  it("is over for good once a loop has ended", async () => {
    const iterator = lines(chunkedConn(["x\n"]))[Symbol.asyncIterator]();
    await iterator.next();
    assert.deepEqual(await iterator.return?.(), { value: undefined, done: true });
    assert.deepEqual(await iterator.next(), { value: undefined, done: true });
  });

  it("refuses a limit that is no whole number of at least 1", () => {
    for (const maxLength of [0, -1, 1.5, Number.NaN]) {
      assert.throws(() => lines(chunkedConn([]), { maxLength }), RangeError);
    }
  });
});

/** What `lines` should give, worked out one byte at a time. */
function splitLines(bytes: Buffer, maxLength: number): { lines: string[]; isTooLong: boolean } {
  const found: string[] = [];
  for (let start = 0; start < bytes.length;) {
    const lf = bytes.indexOf(0x0a, start);
    const end = lf === -1 ? bytes.length : lf;
    const stop = end > start && bytes[end - 1] === 0x0d ? end - 1 : end;
    if (stop - start > maxLength) return { lines: found, isTooLong: true };
    found.push(bytes.toString("utf8", start, stop));
    start = end + 1;
  }
  return { lines: found, isTooLong: false };
}

function endOfLine(bytes: Buffer, count: number): number {
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    const lf = bytes.indexOf(0x0a, at);
    at = lf === -1 ? bytes.length : lf + 1;
  }
  return at;
}
