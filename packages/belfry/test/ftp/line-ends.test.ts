import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { fromNetwork, type LineEnds, toNetwork } from "../../src/ftp/line-ends.js";

/** Any text of few signs, in any pieces. */
const pieces = fc.array(fc.string({ unit: fc.constantFrom("a", "\r", "\n") }));

function convert(lineEnds: LineEnds, texts: readonly string[]): string {
  const parts = texts.map((text) => Buffer.from(lineEnds.push(Buffer.from(text))));
  return Buffer.concat([...parts, lineEnds.end()]).toString();
}

describe("toNetwork()", () => {
  it("makes each bare LF a CRLF and leaves a CRLF, wherever the pieces are cut", () => {
    fc.assert(
      fc.property(pieces, (texts) => {
        assert.equal(convert(toNetwork(), texts), texts.join("").replaceAll(/(?<!\r)\n/g, "\r\n"));
      }),
    );
  });
});

describe("fromNetwork()", () => {
  it("makes each CRLF an LF and leaves a lone CR, wherever the pieces are cut", () => {
    fc.assert(
      fc.property(pieces, (texts) => {
        assert.equal(convert(fromNetwork(), texts), texts.join("").replaceAll("\r\n", "\n"));
      }),
    );
  });
});
