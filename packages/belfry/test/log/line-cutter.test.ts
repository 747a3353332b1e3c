import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type CutLine, LineCutter } from "../../src/log/line-cutter.js";

function cutAll(chunks: readonly Uint8Array[]): CutLine[] {
  const cutter = new LineCutter();
  return [...chunks.flatMap((chunk) => cutter.push(chunk)), ...cutter.end()];
}

/** Whole lines again. */
function join(lines: readonly CutLine[]): string {
  return lines.map(({ text, isCut }) => (isCut ? text : `${text}\n`)).join("");
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom("\n", "\n\n", "x".repeat(3840), '"'.repeat(4000), "\u0001".repeat(700), "😀é".repeat(1500)),
);

describe("LineCutter", () => {
  it("gives lines as they end, without empty ones, and the last one at the end", () => {
    const cutter = new LineCutter();
    assert.deepEqual(cutter.push(Buffer.from("one\n\ntwo\nth")), [
      { text: "one", isCut: false },
      { text: "two", isCut: false },
    ]);
    assert.deepEqual(cutter.push(Buffer.from("ree")), []);
    assert.deepEqual(cutter.end(), [{ text: "three", isCut: false }]);
    assert.deepEqual(cutter.end(), []);
  });

  it("cuts a line that is too long for a record, and says which pieces go on", () => {
    const lines = cutAll([Buffer.from(`${"x".repeat(9000)}\n`)]);
    assert.deepEqual(
      lines.map((line) => [line.text.length, line.isCut]),
      [
        [3840, true],
        [3840, true],
        [1320, false],
      ],
    );
  });

  it("keeps no more than a piece of a line that never ends", () => {
    const cutter = new LineCutter();
    let given = 0;
    for (let i = 1; i <= 100; i++) {
      for (const line of cutter.push(Buffer.alloc(1000, "y"))) given += line.text.length;
      assert.ok(i * 1000 - given <= 3840);
    }
  });

  it("replaces what is no UTF-8", () => {
    assert.deepEqual(cutAll([Buffer.from([0x61, 0xff, 0x62, 0x0a])]), [{ text: "a\uFFFDb", isCut: false }]);
  });

  it("loses nothing, and no piece takes more than 3840 bytes as JSON", () => {
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const whole = Buffer.from(texts.join("")).toString();
        const lines = cutAll([Buffer.from(whole)]);
        assert.equal(join(lines), whole.replaceAll(/^\n|(?<=\n)\n/g, "").replace(/([^\n])$/, "$1\n"));
        for (const line of lines) assert.ok(Buffer.byteLength(JSON.stringify(line.text)) <= 3842);
      }),
    );
  });

  it("gives the same lines wherever chunks are cut", () => {
    fc.assert(
      fc.property(fc.array(text), fc.array(fc.nat({ max: 5000 })), (texts, sizes) => {
        const bytes = Buffer.from(texts.join(""));
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const size of sizes) chunks.push(bytes.subarray(at, (at += size)));
        assert.deepEqual(cutAll([...chunks, bytes.subarray(at)]), cutAll([bytes]));
      }),
    );
  });
});
