import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { networks } from "../src/networks.js";

describe("networks", () => {
  it("has addresses and networks of both families", () => {
    const found = networks(["192.0.2.1", "10.0.0.0/8", "2001:db8::/32", "::1"]);
    for (const inside of ["192.0.2.1", "10.255.0.1", "2001:db8:1::5", "::1"]) assert.ok(found.has(inside), inside);
    for (const outside of ["192.0.2.2", "11.0.0.0", "2001:db9::", "::2"]) assert.ok(!found.has(outside), outside);
  });

  it("takes IPv4 in IPv6 for IPv4, on both sides", () => {
    const found = networks(["10.0.0.0/8", "::ffff:192.0.2.0/120"]);
    for (const inside of ["::ffff:10.1.2.3", "::ffff:a01:203", "192.0.2.7"]) assert.ok(found.has(inside), inside);
    assert.ok(!found.has("::ffff:11.1.2.3"));
    assert.ok(!found.has("::10.1.2.3"));
  });

  it("looks at the address before a zone", () => {
    assert.ok(networks(["fe80::/10"]).has("fe80::1%eth0"));
  });

  it("has nothing in it that is no address", () => {
    const all = networks(["0.0.0.0/0", "::/0"]);
    for (const host of ["", "localhost", "10.0.0", "10.0.0.1:80", "[::1]"]) assert.ok(!all.has(host), host);
    assert.ok(!networks([]).has("127.0.0.1"));
  });

  it("names the entry that is none", () => {
    for (const entry of [
      "",
      "localhost",
      "10.0.0.0/33",
      "::/129",
      "10.0.0.0/",
      "10.0.0.0/-1",
      "fe80::1%lo",
      "1.2.3",
      "10.0.0.1/8/8",
    ]) {
      assert.throws(
        () => networks(["::1", entry]),
        (error) => {
          assert.ok(error instanceof RangeError);
          return error.message.startsWith(`Cannot use network "${entry}": `);
        },
      );
    }
  });

  it("has the addresses whose first bits are the network's", () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), fc.integer({ min: 0, max: 32 }), (a, b, bits) => {
        const size = 2 ** (32 - bits);
        const expected = Math.floor(a / size) === Math.floor(b / size);
        return networks([`${dotted(a)}/${bits}`]).has(dotted(b)) === expected;
      }),
    );
  });
});

function dotted(address: number): string {
  return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join(".");
}
