import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { type Command, CommandReader } from "../../src/protocol/command-line.js";
import { decodeText, encodeText } from "../../src/protocol/text.js";
import { aborts, anyBytes, cutAt, cuts, oddStream } from "./arbitraries.js";

type Item = Command | "too-long";

describe("CommandReader", () => {
  it("parts the verb, in upper case, from the argument, kept as it is", () => {
    assert.deepEqual(readAll(["noop\r\nRetr a b \r\nstor  x\r\nSITE chmod 644 y\r\nSTAT \r\n"]), [
      { verb: "NOOP", argument: "" },
      { verb: "RETR", argument: "a b " },
      { verb: "STOR", argument: " x" },
      { verb: "SITE", argument: "chmod 644 y" },
      { verb: "STAT", argument: "" },
    ]);
  });

  it("ends lines at a bare LF too, and skips empty ones", () => {
    assert.deepEqual(verbs(["\r\n\nNOOP\nPWD\r\n\r\n\r\nQUIT\n"]), ["NOOP", "PWD", "QUIT"]);
  });

  it("joins a command from single bytes", () => {
    assert.deepEqual(readAll(singleBytes(Buffer.from("RETR some file\r\n"))), [
      { verb: "RETR", argument: "some file" },
    ]);
  });

  it("gives null until the line has ended", () => {
    const reader = new CommandReader(100);
    reader.push(Buffer.from("NO"));
    assert.equal(reader.next(), null);
    reader.push(Buffer.from("OP\r"));
    assert.equal(reader.next(), null);
    reader.push(Buffer.from("\n"));
    assert.deepEqual(reader.next(), { verb: "NOOP", argument: "" });
    assert.equal(reader.next(), null);
  });

  it("reads names that are UTF-8, and names that are not", () => {
    assert.deepEqual(readAll([Buffer.from("RETR é😀\r\n")]), [{ verb: "RETR", argument: "é😀" }]);
    assert.deepEqual(readAll([Buffer.from("RETR \xe9.txt\r\n", "latin1")]), [{ verb: "RETR", argument: "\udce9.txt" }]);
  });

  it("gives back any name that has no line end, NUL or 0xFF in it", () => {
    const name = fc.uint8Array({ min: 1, max: 254 }).filter((bytes) => !bytes.includes(0x0a) && !bytes.includes(0x0d));
    fc.assert(
      fc.property(name, cuts, (bytes, at) => {
        const line = Buffer.concat([Buffer.from("RETR "), bytes, Buffer.from("\r\n")]);
        const [item] = readAll(cutAt(line, at));
        assert.ok(typeof item === "object");
        assert.deepEqual(Buffer.from(encodeText(item.argument)), Buffer.from(bytes));
      }),
    );
  });

  it("makes a capital of no letter beyond ASCII", () => {
    assert.deepEqual(verbs(["ſtor x\r\nlıst\r\n"]), ["ſtor", "lıst"]);
  });

  it("takes CR NUL for a CR, which ends no line", () => {
    assert.deepEqual(readAll(["STOR a\r\0b\r\0\n"]), [{ verb: "STOR", argument: "a\rb\r" }]);
    assert.deepEqual(readAll(["STOR a\rb\0\r\r\n"]), [{ verb: "STOR", argument: "a\rb\0\r" }]);
  });

  it("understands ABOR behind IAC IP IAC DM, whichever of the four bytes went as urgent data and is missing", () => {
    const signal = "\xff\xf4\xff\xf2";
    for (const missing of [-1, 0, 1, 2, 3]) {
      const stream = Buffer.from(
        `${signal.slice(0, Math.max(missing, 0))}${signal.slice(missing + 1)}ABOR\r\n`,
        "latin1",
      );
      assert.deepEqual(readAll([stream]), [{ verb: "ABOR", argument: "" }], `without byte ${missing}`);
      assert.deepEqual(readAll(singleBytes(stream)), [{ verb: "ABOR", argument: "" }], `without byte ${missing}, cut`);
    }
  });

  it("understands ABOR CR whose LF went as urgent data and is missing, at once", () => {
    const missing = Buffer.from("ABOR\rNOOP\r\nABOR\r\nABORT\r\nSTAT\rABOR\r\nABOR\r");
    const expected = ["ABOR", "NOOP", "ABOR", "ABORT", "STAT\rABOR", "ABOR"];
    assert.deepEqual(verbs([missing]), expected);
    assert.deepEqual(verbs(singleBytes(missing)), expected);
  });

  it("takes out an option offered in the middle of a line, wherever it is cut", () => {
    const stream = Buffer.from("NO\xff\xfb\x01OP\r\xff\xf1\n", "latin1");
    for (let at = 0; at <= stream.length; at += 1) {
      assert.deepEqual(verbs([stream.subarray(0, at), stream.subarray(at)]), ["NOOP"]);
    }
  });

  it("keeps a doubled 0xFF of a name as one", () => {
    assert.deepEqual(readAll([Buffer.from("RETR a\xff\xffb\r\n", "latin1")]), [{ verb: "RETR", argument: "a\udcffb" }]);
  });

  it("gives the same as a plain reading of the whole, for any bytes, any limit, any cuts", () => {
    fc.assert(
      fc.property(fc.oneof(oddStream, aborts, anyBytes), fc.integer({ min: 1, max: 8 }), cuts, (bytes, max, at) => {
        const expected = plainReading(bytes, max);
        assert.deepEqual(readAll(cutAt(bytes, at), max), expected);
        assert.deepEqual(readAtEnd(cutAt(bytes, at), max), expected);
      }),
      { numRuns: 3000 },
    );
  });

  it("is not disturbed when pushed memory is overwritten once it has given null", () => {
    fc.assert(
      fc.property(oddStream, cuts, (bytes, at) => {
        const reader = new CommandReader(100);
        const items: Item[] = [];
        for (const piece of cutAt(bytes, at)) {
          const lent = Buffer.from(piece);
          reader.push(lent);
          items.push(...drain(reader));
          lent.fill(0x58);
        }
        assert.deepEqual(items, plainReading(bytes, 100));
      }),
    );
  });

  it("counts what it has not handed out", () => {
    const reader = new CommandReader(100);
    assert.equal(reader.buffered, 0);
    reader.push(Buffer.from("AUTH TLS\r\nUSER x\r\n"));
    assert.equal(reader.buffered, 18);
    reader.next();
    assert.equal(reader.buffered, 8);
    reader.next();
    assert.equal(reader.buffered, 0);
    reader.push(Buffer.from("PA"));
    reader.next();
    assert.equal(reader.buffered, 2);
    reader.push(Buffer.from("SS\r\n\xff", "latin1"));
    reader.next();
    assert.equal(reader.buffered, 1);
  });
});

describe("CommandReader with a line over the limit", () => {
  it("hands out a line of exactly the limit, ended by CRLF or LF", () => {
    assert.deepEqual(verbs(["ABCD\r\n", "ABCD\n", "ABCD\r", "\n", "ABCD", "\r\n"], 4), [
      "ABCD",
      "ABCD",
      "ABCD",
      "ABCD",
    ]);
  });

  it("says so once, after the lines before it, and gives nothing more", () => {
    assert.deepEqual(readAll(["NOOP\r\nABCDE\r\nNOOP\r\n", "NOOP\r\n"], 4), [
      { verb: "NOOP", argument: "" },
      "too-long",
    ]);
  });

  it("says so as soon as an endless line is over it, and keeps no byte", () => {
    const reader = new CommandReader(8192);
    const block = Buffer.alloc(1000, 0x41);
    for (let sent = 0; sent < 8000; sent += 1000) {
      reader.push(block);
      assert.equal(reader.next(), null);
    }
    reader.push(block);
    assert.equal(reader.next(), "too-long");
    assert.equal(reader.buffered, 0);
    reader.push(block);
    assert.equal(reader.buffered, 0);
    assert.equal(reader.next(), null);
  });

  it("does not count Telnet commands, and does not store them", () => {
    const reader = new CommandReader(4);
    reader.push(Buffer.from(`NO${"\xff\xf1".repeat(50_000)}OP\r\n`, "latin1"));
    assert.deepEqual(reader.next(), { verb: "NOOP", argument: "" });
    reader.push(Buffer.from(`\xff\xfa${"x".repeat(50_000)}`, "latin1"));
    assert.equal(reader.next(), null);
    assert.equal(reader.buffered, 1);
  });

  it("refuses a limit that is no whole number of at least 1", () => {
    for (const limit of [0, -1, 1.5, Number.NaN]) assert.throws(() => new CommandReader(limit), RangeError);
  });
});

/** Pushes piece by piece, draining after each. */
function readAll(pieces: readonly (Buffer | string)[], maxLineLength = 8192): Item[] {
  const reader = new CommandReader(maxLineLength);
  return pieces.flatMap((piece) => {
    reader.push(Buffer.from(piece));
    return drain(reader);
  });
}

/** Pushes everything first. */
function readAtEnd(pieces: readonly Buffer[], maxLineLength: number): Item[] {
  const reader = new CommandReader(maxLineLength);
  for (const piece of pieces) reader.push(piece);
  return drain(reader);
}

function drain(reader: CommandReader): Item[] {
  const items: Item[] = [];
  for (let item = reader.next(); item !== null; item = reader.next()) items.push(item);
  return items;
}

function verbs(pieces: readonly (Buffer | string)[], maxLineLength?: number): string[] {
  return readAll(pieces, maxLineLength).map((item) => (item === "too-long" ? item : item.verb));
}

function singleBytes(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (byte) => Buffer.of(byte));
}

/** What a stream means, written down a second time as plainly as can be. */
function plainReading(bytes: Buffer, maxLineLength: number): Item[] {
  const lines = bytes
    .toString("latin1")
    .replace(TELNET, (match) => (match === "\xff\xff" ? "\xff" : ""))
    .replace(ABORS, (lines) => (maxLineLength < 4 ? lines : lines.replaceAll(/\r\n?/g, "\r\n")))
    .split("\n");
  const items: Item[] = [];
  for (const [index, raw] of lines.entries()) {
    const line = raw.replace(/^[\xf0-\xff]+/, "").replace(/\r$/, "");
    if (line.length > maxLineLength) return [...items, "too-long"];
    if (line === "" || index === lines.length - 1) continue;
    const text = decodeText(Buffer.from(line, "latin1")).replaceAll("\r\0", "\r");
    const [, verb = "", argument = ""] = /^([^ ]*) ?([^]*)$/.exec(text) ?? [];
    items.push({ verb: verb.replace(/^[\0-\x7f]*$/, (ascii) => ascii.toUpperCase()), argument });
  }
  return items;
}

/** Lines of ABOR alone, whose LF may be missing. */
const ABORS = /(?<![^\n])(?:[\xf0-\xff]*ABOR\r\n?)+/g;

const TELNET =
  /\xff(?:\xff|[\xfb-\xfe](?:[^]|$)|\xfa(?:[^\xff\n]|\xff[^\xf0\n])*(?:\xff\xf0|\xff?(?=\n)|\xff?$)|[\xec-\xf9]|$)/g;
