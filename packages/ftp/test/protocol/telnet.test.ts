import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { TelnetFilter } from "../../src/protocol/telnet.js";
import { anyBytes, cutAt, cuts, oddStream } from "./arbitraries.js";

describe("TelnetFilter", () => {
  it("hands through the very same memory when there is nothing to take out", () => {
    const bytes = Buffer.from("NOOP\r\n");
    assert.equal(new TelnetFilter().filter(bytes), bytes);
  });

  it("takes out commands of two bytes, options of three and subnegotiations", () => {
    const stream = "a\xff\xf4b\xff\xfb\x18c\xff\xfd\nd\xff\xfa\x18\x01x\xff\xffy\xff\xf0e\xff\xf1f";
    assert.equal(filterAll([Buffer.from(stream, "latin1")]), "abcdef");
  });

  it("makes one 0xFF of two", () => {
    assert.equal(filterAll([Buffer.from("a\xff\xffb\xff\xff\xff\xff", "latin1")]), "a\xffb\xff\xff");
  });

  it("leaves a 0xFF before a byte that is no Telnet command", () => {
    assert.equal(filterAll([Buffer.from("\xff.txt\r\xff\n", "latin1")]), "\xff.txt\r\xff\n");
  });

  it("ends a subnegotiation at the end of its line", () => {
    assert.equal(filterAll([Buffer.from("a\xff\xfaabc\nb\xff\xfaabc\xff\nc", "latin1")]), "a\nb\nc");
  });

  it("tells whether a command is cut", () => {
    const filter = new TelnetFilter();
    for (const [text, isWithin] of [
      ["a\xff", true],
      ["\xfb", true],
      ["\x01", false],
      ["\xff\xfa", true],
      ["x\xff", true],
      ["\xf0", false],
    ] as const) {
      filter.filter(Buffer.from(text, "latin1"));
      assert.equal(filter.isWithin, isWithin);
    }
  });

  it("gives the same however the stream is cut, for any bytes", () => {
    fc.assert(
      fc.property(fc.oneof(oddStream, anyBytes), cuts, (bytes, at) => {
        assert.equal(filterAll(cutAt(bytes, at)), filterAll([bytes]));
      }),
      { numRuns: 1000 },
    );
  });

  it("gives back any bytes in which 0xFF was doubled", () => {
    fc.assert(
      fc.property(fc.oneof(oddStream, anyBytes), cuts, (bytes, at) => {
        const text = bytes.toString("latin1");
        assert.equal(filterAll(cutAt(Buffer.from(text.replaceAll("\xff", "\xff\xff"), "latin1"), at)), text);
      }),
    );
  });
});

function filterAll(pieces: readonly Buffer[]): string {
  const filter = new TelnetFilter();
  return pieces.map((piece) => filter.filter(piece).toString("latin1")).join("");
}
