import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Addr, formatHostPort, parseAddress } from "../src/addr.js";

describe("parseAddress", () => {
  it("takes host and port apart", () => {
    assert.deepEqual(parseAddress("127.0.0.1:8000"), { host: "127.0.0.1", port: 8000 });
    assert.deepEqual(parseAddress("[::1]:80"), { host: "::1", port: 80 });
    assert.deepEqual(parseAddress("example.org:0"), { host: "example.org", port: 0 });
  });

  it("takes loopback where no host is named", () => {
    assert.deepEqual(parseAddress(":8000"), { host: "127.0.0.1", port: 8000 });
    assert.deepEqual(parseAddress({ port: 1 }), { host: "127.0.0.1", port: 1 });
  });

  it("takes the path of a Unix socket", () => {
    assert.deepEqual(parseAddress("unix:/run/x.sock"), { path: "/run/x.sock" });
    assert.deepEqual(parseAddress({ path: "/run/x.sock" }), { path: "/run/x.sock" });
  });

  it("reads back what String(addr) gives", () => {
    const ports = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), ports, (host, port) => {
        const addr = new Addr("tcp", host, port);
        assert.deepEqual(parseAddress(String(addr)), { host, port });
        assert.deepEqual(parseAddress(addr), { host, port });
      }),
    );
  });

  it("names what is no address", () => {
    for (const text of ["", "8000", "host", "host:", "host:x", "a:b:1", "[::1]", "unix:"]) {
      assert.throws(() => parseAddress(text), { name: "TypeError", message: new RegExp(`"${escape(text)}"`) });
    }
    assert.throws(() => parseAddress(new Addr("pipe", "", 0)), TypeError);
  });

  it("names a port that is out of range", () => {
    for (const port of [-1, 65_536, 1.5, Number.NaN]) {
      assert.throws(() => parseAddress({ port }), { name: "RangeError", message: new RegExp(escape(String(port))) });
    }
    assert.throws(() => parseAddress("host:99999"), { name: "RangeError", message: /99999/ });
  });
});

describe("formatHostPort", () => {
  it("puts brackets around an IPv6 host only", () => {
    assert.equal(formatHostPort("::1", 80), "[::1]:80");
    assert.equal(formatHostPort("127.0.0.1", 80), "127.0.0.1:80");
  });
});

function escape(text: string): string {
  return text.replaceAll(/[[\]().:*+?^${}|\\]/g, String.raw`\$&`);
}
