import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { externalAddresses } from "../../src/ftpd/external-addresses.js";
import { parsePortRange } from "../../src/ftpd/port-range.js";
import { describeError, quote } from "../../src/ftpd/quote.js";
import { parseUmask } from "../../src/ftpd/umask.js";

describe("parsePortRange()", () => {
  it("reads a range, and one port alone", () => {
    assert.deepEqual(parsePortRange("50000-50100"), { from: 50_000, to: 50_100 });
    assert.deepEqual(parsePortRange("1-65535"), { from: 1, to: 65_535 });
    assert.deepEqual(parsePortRange("2121"), { from: 2121, to: 2121 });
  });

  it("refuses everything else", () => {
    for (const text of ["", "0-5", "5-4", "1-65536", "1-2-3", " 1-2", "1 - 2", "a-b", "-5", "5-", "1e3", "0x10"]) {
      assert.throws(() => parsePortRange(text), { name: "RangeError", message: /^expected two ports/ }, text);
    }
  });
});

describe("parseUmask()", () => {
  it("reads octal digits, with or without leading zeros", () => {
    const texts = ["0", "22", "022", "0022", "7", "077", "777"];
    assert.deepEqual(texts.map(parseUmask), [0, 0o22, 0o22, 0o22, 7, 0o77, 0o777]);
  });

  it("refuses everything else", () => {
    for (const text of ["", "8", "029", "1022", "00022", "-1", "0o22", "u=rwx", " 22", "2.2"]) {
      assert.throws(() => parseUmask(text), { name: "RangeError", message: /^expected octal digits/ }, text);
    }
  });
});

describe("externalAddresses()", () => {
  it("gives nothing for nothing, and one address for all as it is", () => {
    assert.equal(externalAddresses([]), undefined);
    assert.equal(externalAddresses(["ftp.example.com"]), "ftp.example.com");
  });

  it("puts the address for all others behind those of networks, wherever it was given", () => {
    const rules = [
      { network: "10.0.0.0/8", address: "local" },
      { network: "192.168.0.0/16", address: "192.168.0.1" },
      { network: "0.0.0.0/0", address: "198.51.100.1" },
    ];
    const texts = ["198.51.100.1", "10.0.0.0/8=local", "192.168.0.0/16=192.168.0.1"];
    assert.deepEqual(externalAddresses(texts), rules);
    assert.deepEqual(externalAddresses([...texts.slice(1), "198.51.100.1"]), rules);
    assert.deepEqual(externalAddresses(texts.slice(1)), rules.slice(0, 2));
  });

  it("refuses two for all others", () => {
    assert.throws(() => externalAddresses(["a", "10.0.0.0/8=b", "c"]), {
      name: "UsageError",
      message: /"a" is for all/,
    });
  });
});

describe("quote()", () => {
  it("leaves text that is harmless as it is, in quotes", () => {
    assert.equal(quote("/süß/a b"), '"/süß/a b"');
    assert.equal(quote('say "hi"'), String.raw`"say \"hi\""`);
  });

  it("escapes what ends a line, steers a terminal or turns the direction of writing", () => {
    assert.equal(quote("\r\n\x1b[2J\x7f"), String.raw`"\r\n\u001b[2J\u007f"`);
    assert.equal(quote("\u009b31m\u2028\u202e\u2066"), String.raw`"\u009b31m\u2028\u202e\u2066"`);
    assert.equal(quote("\udc80"), String.raw`"\udc80"`);
  });
});

describe("describeError()", () => {
  it("is one line, without anything that steers a terminal", () => {
    assert.equal(describeError(new Error("Cannot open\n  '/a\x1b[2J'\u009b")), "Cannot open '/a?[2J'?");
    assert.equal(describeError("text"), "text");
  });
});
