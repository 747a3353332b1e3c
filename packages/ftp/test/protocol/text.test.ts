import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { decodeText, encodeText, hasControl, printable } from "../../src/protocol/text.js";
import { anyBytes } from "./arbitraries.js";

describe("decodeText()", () => {
  it("reads UTF-8, a byte order mark and U+FFFD included", () => {
    for (const text of ["", "plain", "Zoë", "日本", "😀.txt", "\ufeffmarked", "\ufffd", "a\ufffdb"]) {
      assert.equal(decodeText(Buffer.from(text)), text);
    }
  });

  it("makes a lone surrogate of each byte that is not UTF-8", () => {
    assert.equal(decodeText(Buffer.from([0x61, 0xe9, 0x62])), "a\udce9b");
    assert.equal(decodeText(Buffer.from([0xff, 0x80])), "\udcff\udc80");
  });

  it("takes overlong forms, encoded surrogates, cut sequences and what lies past U+10FFFF for bytes", () => {
    for (const bytes of [
      [0xc0, 0xaf],
      [0xc1, 0xbf],
      [0xe0, 0x80, 0xaf],
      [0xf0, 0x80, 0x80, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xed, 0xbf, 0xbf],
      [0xf4, 0x90, 0x80, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0xe2, 0x82],
      [0xf0, 0x9f, 0x98],
    ]) {
      assert.equal(decodeText(Buffer.from(bytes)), String.fromCharCode(...bytes.map((byte) => 0xdc00 + byte)));
    }
  });

  it("agrees with a strict decoder on which bytes are UTF-8", () => {
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        let expected: string | null = null;
        try {
          expected = strict.decode(bytes);
        } catch {
          assert.match(decodeText(bytes), /[\udc80-\udcff]/u);
          return;
        }
        assert.equal(decodeText(bytes), expected);
      }),
    );
  });

  it("never lets a byte that is not UTF-8 become a slash, a dot or a control character", () => {
    fc.assert(
      fc.property(fc.uint8Array({ min: 0x80, maxLength: 50 }), (bytes) => {
        assert.doesNotMatch(decodeText(bytes), /[\0-\x7f]/);
      }),
    );
  });

  it("takes a Uint8Array that is a part of a larger one", () => {
    assert.equal(decodeText(new Uint8Array(Buffer.from("xabcx")).subarray(1, 4)), "abc");
  });
});

describe("encodeText()", () => {
  it("gives back any bytes decodeText() was given", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        assert.deepEqual(Buffer.from(encodeText(decodeText(bytes))), bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives back mixtures of UTF-8 and bytes that are none", () => {
    const piece = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 5 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ min: 0x80, maxLength: 5 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const bytes = Buffer.concat(pieces);
        assert.deepEqual(Buffer.from(encodeText(decodeText(bytes))), bytes);
      }),
    );
  });

  it("encodes pairs of surrogates as the one character they are, next to raw bytes too", () => {
    assert.deepEqual([...encodeText("😀\udc80")], [0xf0, 0x9f, 0x98, 0x80, 0x80]);
  });

  it("makes U+FFFD of surrogates that stand for no byte", () => {
    assert.deepEqual([...encodeText("\udce9\udc00\ud800")], [0xe9, ...encodeText("\ufffd\ufffd")]);
    assert.deepEqual([...encodeText("\udc00\udce9")], [0xef, 0xbf, 0xbd, 0xe9]);
  });
});

describe("hasControl()", () => {
  it("is true for U+0000 to U+001F and U+007F, and for nothing else", () => {
    for (let code = 0; code < 0x300; code += 1) {
      assert.equal(hasControl(`a${String.fromCharCode(code)}b`), code < 0x20 || code === 0x7f, String(code));
    }
    assert.equal(hasControl("\udc80\udcff"), false);
  });
});

describe("printable()", () => {
  it("puts a question mark for each control character and leaves the rest", () => {
    assert.equal(printable("a\r\n226 é\x7f\0\udcff"), "a??226 é??\udcff");
    assert.equal(printable("plain"), "plain");
  });
});
