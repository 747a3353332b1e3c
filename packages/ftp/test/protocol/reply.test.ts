import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { formatReply, ReplyError, reply } from "../../src/protocol/reply.js";
import { decodeText } from "../../src/protocol/text.js";
import { anyName } from "./arbitraries.js";

describe("reply()", () => {
  it("refuses a code that is no reply code", () => {
    for (const code of [0, 99, 600, 200.5, Number.NaN]) {
      assert.throws(() => reply(code, "text"), { name: "RangeError", message: `Cannot reply with code ${code}` });
    }
  });
});

describe("ReplyError", () => {
  it("holds the reply it is", () => {
    const error = new ReplyError(550, "No such file", { cause: "x" });
    assert.deepEqual(error.reply, { code: 550, lines: ["No such file"] });
    assert.equal(error.message, "550 No such file");
    assert.equal(error.cause, "x");
  });

  it("takes no code that refuses nothing", () => {
    for (const code of [150, 226, 399, 600, Number.NaN]) assert.throws(() => new ReplyError(code, "text"), RangeError);
  });
});

describe("formatReply()", () => {
  it("writes one line", () => {
    assert.equal(formatReply(reply(226, "Transfer complete")), "226 Transfer complete\r\n");
    assert.equal(formatReply(reply(200)), "200 \r\n");
  });

  it("writes several lines with the code on the first and the last and a space before the others", () => {
    assert.equal(
      formatReply(reply(211, "Features:", "UTF8", "MDTM", "End")),
      "211-Features:\r\n UTF8\r\n MDTM\r\n211 End\r\n",
    );
    assert.equal(formatReply(reply(214, "One", "Two")), "214-One\r\n214 Two\r\n");
  });

  it("lets no line within look like the end of the reply", () => {
    assert.equal(formatReply(reply(213, "Status", "213 End", "End")), "213-Status\r\n 213 End\r\n213 End\r\n");
  });

  it("writes a question mark for each control character", () => {
    assert.equal(formatReply(reply(257, '"/a\r\n226 x\0\x7f"')), '257 "/a??226 x??"\r\n');
    assert.equal(formatReply(reply(211, "a\r\nb", "c\nd", "e\x1b[0m")), "211-a??b\r\n c?d\r\n211 e?[0m\r\n");
  });

  it("gives text for UTF-8 names, and bytes for others", () => {
    assert.equal(formatReply(reply(257, '"/é😀"')), '257 "/é😀"\r\n');
    assert.deepEqual(formatReply(reply(257, '"/\udce9"')), Buffer.from('257 "/\xe9"\r\n', "latin1"));
  });

  it("doubles the byte 0xFF, which on a Telnet connection is IAC", () => {
    assert.deepEqual(
      formatReply(reply(257, '"/\udcff\udce9\udcff"')),
      Buffer.from('257 "/\xff\xff\xe9\xff\xff"\r\n', "latin1"),
    );
  });

  it("keeps to the grammar of replies whatever stands in the texts", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.array(anyName, { minLength: 1, maxLength: 6 }),
        (code, lines) => {
          const formatted = formatReply(reply(code, ...lines));
          const text = typeof formatted === "string" ? formatted : Buffer.from(formatted).toString("latin1");
          const parts = text.split("\r\n");
          assert.equal(parts.pop(), "");
          assert.equal(parts.length, lines.length);
          assert.doesNotMatch(parts.join(""), /[\0-\x1f\x7f]/);
          assert.ok(parts.at(-1)?.startsWith(`${code} `));
          if (parts.length > 1) assert.ok(parts[0]?.startsWith(`${code}-`));
          for (const part of parts.slice(1, -1)) assert.ok(part.startsWith(" "));
        },
      ),
    );
  });

  it("gives bytes that decode to the name that was put in", () => {
    const name = anyName.map((text) => decodeText(Buffer.from(text)).replaceAll(/[\0-\x1f\x7f]/g, "x"));
    fc.assert(
      fc.property(name, (text) => {
        const formatted = Buffer.from(formatReply(reply(200, text)));
        assert.equal(decodeText(formatted), `200 ${text}\r\n`);
      }),
    );
  });
});
