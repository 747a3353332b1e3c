import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressKey } from "../../src/users/address-key.js";

describe("addressKey", () => {
  it("is an IPv4 address itself, mapped or not", () => {
    assert.equal(addressKey("192.0.2.1"), "192.0.2.1");
    assert.equal(addressKey("::ffff:192.0.2.1"), "192.0.2.1");
    assert.equal(addressKey("::ffff:c000:201"), "192.0.2.1");
  });

  it("is the network of 64 bits of an IPv6 address, however it is written", () => {
    const cases = [
      ["2001:db8:0:1:aaaa::1", "2001:db8:0:1::/64"],
      ["2001:db8:0:1:bbbb:1:2:3", "2001:db8:0:1::/64"],
      ["2001:0DB8:0:0001::", "2001:db8:0:1::/64"],
      ["2001:db8::1", "2001:db8::/64"],
      ["2001:db8:5:0:1:2:3:4", "2001:db8:5::/64"],
      ["::1", "::/64"],
      ["::192.0.2.1", "::/64"],
      ["0:0:0:7::9", "0:0:0:7::/64"],
      ["1:0:0:4:5:6:7:8", "1:0:0:4::/64"],
      ["fe80::1%eth0", "fe80::/64"],
    ] as const;
    for (const [address, key] of cases) assert.equal(addressKey(address), key, address);
  });

  it("is null for what is no address", () => {
    for (const address of ["", "/run/ftp.sock", "pipe", "999.1.1.1"]) assert.equal(addressKey(address), null);
  });
});
