import { Addr, pipe } from "@belfry/net";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostOf, ipAddressOf, parseIpAddress } from "../../src/data/ip-address.js";

describe("parseIpAddress", () => {
  it("writes each address in one form", () => {
    assert.deepEqual(parseIpAddress("192.0.2.1"), { family: "ipv4", text: "192.0.2.1" });
    for (const text of ["::1", "0:0:0:0:0:0:0:1", "0000::0001"]) {
      assert.deepEqual(parseIpAddress(text), { family: "ipv6", text: "::1" });
    }
    assert.deepEqual(parseIpAddress("FE80::A%lo"), { family: "ipv6", text: "fe80::a" });
  });

  it("takes an IPv4 address that is mapped into IPv6 for IPv4", () => {
    for (const text of ["::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1"]) {
      assert.deepEqual(parseIpAddress(text), { family: "ipv4", text: "192.0.2.1" });
    }
  });

  it("gives null for what is no address", () => {
    for (const text of ["", "localhost", "1.2.3", "1.2.3.4/8", "::g"]) assert.equal(parseIpAddress(text), null);
  });
});

describe("ipAddressOf", () => {
  it("is that of the loopback interface for a connection within this machine", () => {
    const [a] = pipe();
    assert.deepEqual(ipAddressOf(a.localAddr), { family: "ipv4", text: "127.0.0.1" });
    assert.equal(hostOf(new Addr("unix", "", 0, "/run/ftp.sock")), "127.0.0.1");
    a.abort();
  });
});

describe("hostOf", () => {
  it("keeps the zone that a link-local address needs, and unwraps a mapped one", () => {
    assert.equal(hostOf(new Addr("tcp", "fe80::1%eth0", 21)), "fe80::1%eth0");
    assert.equal(hostOf(new Addr("tcp", "::ffff:192.0.2.1", 21)), "192.0.2.1");
  });
});
