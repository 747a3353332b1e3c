import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { ToStorage, ToWire } from "../../src/protocol/ascii.js";
import { cutAt, cuts } from "./arbitraries.js";

/** Text with line ends of all makes, lines short and long, so that every way of converting is taken. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom("\n", "\r", "\r\n", "\r\r\n", "\n\r", "a"),
      fc.constantFrom(
        "x".repeat(47),
        "y".repeat(200),
        "\r\n".repeat(300),
        "\n".repeat(300),
        "\r".repeat(100),
        `${"z".repeat(60)}\n`,
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.from(parts.join("")));

describe("ToWire.push()", () => {
  it("makes CRLF of LF and leaves CRLF and a CR alone", () => {
    assert.equal(toWire(["a\nb\r\nc\rd\n\n\r\n"]), "a\r\nb\r\nc\rd\r\n\r\n\r\n");
  });

  it("knows a CRLF that is cut between two chunks", () => {
    assert.equal(toWire(["a\r", "\nb"]), "a\r\nb");
    assert.equal(toWire(["a\r", "", "\n", "\n"]), "a\r\n\r\n");
    assert.equal(toWire(["a\r\n", "\nb\r", "c\n"]), "a\r\n\r\nb\rc\r\n");
  });

  it("hands out the very same memory when there is no line end in it", () => {
    const chunk = Buffer.from("abc\r");
    assert.equal(new ToWire().push(chunk), chunk);
  });

  it("does to any text in any chunks what a replacement does to the whole", () => {
    fc.assert(
      fc.property(text, cuts, (bytes, at) => {
        assert.equal(toWire(cutAt(bytes, at)), bytes.toString("latin1").replaceAll(/(?<!\r)\n/g, "\r\n"));
      }),
      { numRuns: 500 },
    );
  });

  it("leaves the chunk as it was", () => {
    const chunk = Buffer.from("a\nb\n");
    new ToWire().push(chunk);
    assert.equal(chunk.toString(), "a\nb\n");
  });
});

describe("ToStorage.push()", () => {
  it("makes LF of CRLF and keeps a CR alone", () => {
    assert.equal(toStorage(["a\r\nb\nc\rd\r\r\n\r"]), "a\nb\nc\rd\r\n\r");
  });

  it("knows a CRLF that is cut between two chunks", () => {
    assert.equal(toStorage(["a\r", "\nb"]), "a\nb");
    assert.equal(toStorage(["a\r", "", "\r", "\nb\r"]), "a\r\nb\r");
    assert.equal(toStorage(["a\r", "b"]), "a\rb");
  });

  it("hands out the very same memory when there is no CR in it", () => {
    const chunk = Buffer.from("abc\n");
    assert.equal(new ToStorage().push(chunk), chunk);
  });

  it("does to any text in any chunks what a replacement does to the whole", () => {
    fc.assert(
      fc.property(text, cuts, (bytes, at) => {
        assert.equal(toStorage(cutAt(bytes, at)), bytes.toString("latin1").replaceAll("\r\n", "\n"));
      }),
      { numRuns: 500 },
    );
  });

  it("takes back what ToWire made of text without CR", () => {
    const lines = fc
      .array(fc.stringMatching(/^[ -~]{0,100}$/), { maxLength: 100 })
      .map((all) => Buffer.from(all.join("\n")));
    fc.assert(
      fc.property(lines, cuts, cuts, (bytes, at, again) => {
        const wire = Buffer.from(toWire(cutAt(bytes, at)), "latin1");
        assert.equal(toStorage(cutAt(wire, again)), bytes.toString("latin1"));
      }),
    );
  });
});

describe("ToStorage.end()", () => {
  it("gives the CR that was held back, once", () => {
    const ascii = new ToStorage();
    assert.equal(Buffer.from(ascii.push(Buffer.from("a\r"))).toString(), "a");
    assert.deepEqual([...ascii.end()], [0x0d]);
    assert.deepEqual([...ascii.end()], []);
  });
});

function toWire(chunks: readonly (Buffer | string)[]): string {
  const ascii = new ToWire();
  return chunks.map((chunk) => Buffer.from(ascii.push(Buffer.from(chunk))).toString("latin1")).join("");
}

function toStorage(chunks: readonly (Buffer | string)[]): string {
  const ascii = new ToStorage();
  const parts = [...chunks.map((chunk) => ascii.push(Buffer.from(chunk))), ascii.end()];
  return Buffer.concat(parts).toString("latin1");
}
