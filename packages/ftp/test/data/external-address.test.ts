import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fakeClock } from "@belfry/testkit";
import { createExternalAddress, externalAddressOf } from "../../src/data/external-address.js";
import type { PassiveClient, PassiveOptions } from "../../src/data/passive-options.js";

const CLIENT: PassiveClient = { remoteAddress: "203.0.113.9", localAddress: "10.0.0.5", user: "jo" };

function from(remoteAddress: string): PassiveClient {
  return { ...CLIENT, remoteAddress };
}

/** A name server with one name, that counts how often it is asked. */
function nameServer(): { address: string | null; asked: number; lookup: (name: string) => Promise<string> } {
  const server = {
    address: "198.51.100.1" as string | null,
    asked: 0,
    lookup: (name: string) => {
      server.asked += 1;
      assert.equal(name, "ftp.example.org");
      return server.address === null ? Promise.reject(new Error("no such name")) : Promise.resolve(server.address);
    },
  };
  return server;
}

describe("createExternalAddress", () => {
  it("gives the address the client has reached unless told otherwise", () => {
    assert.equal(createExternalAddress(undefined)(CLIENT), "10.0.0.5");
    assert.equal(createExternalAddress("local")(CLIENT), "10.0.0.5");
  });

  it("gives a fixed address at once", () => {
    assert.equal(createExternalAddress("198.51.100.7")(CLIENT), "198.51.100.7");
  });

  it("takes the first rule whose network the client is in, and the address reached where none fits", () => {
    const addressOf = createExternalAddress([
      { network: "10.1.2.3", address: "10.0.0.9" },
      { network: "10.0.0.0/8", address: "local" },
      { network: "192.168.128.0/17", address: "192.168.128.1" },
      { network: "fd00::/8", address: "198.51.100.2" },
      { network: "203.0.113.0/24", address: "198.51.100.1" },
    ]);
    assert.equal(addressOf(from("10.1.2.3")), "10.0.0.9");
    assert.equal(addressOf(from("10.200.0.1")), "10.0.0.5");
    assert.equal(addressOf(from("192.168.128.77")), "192.168.128.1");
    assert.equal(addressOf(from("192.168.127.77")), "10.0.0.5");
    assert.equal(addressOf(from("fd12:3456::1")), "198.51.100.2");
    assert.equal(addressOf(from("203.0.113.255")), "198.51.100.1");
    assert.equal(addressOf(from("::ffff:203.0.113.4")), "198.51.100.1");
    assert.equal(addressOf(from("192.0.2.1")), "10.0.0.5");
  });

  it("lets 0.0.0.0/0 stand for everybody with IPv4", () => {
    const addressOf = createExternalAddress([{ network: "0.0.0.0/0", address: "198.51.100.1" }]);
    assert.equal(addressOf(CLIENT), "198.51.100.1");
    assert.equal(addressOf(from("2001:db8::1")), "10.0.0.5");
  });

  it("resolves a name once a minute, however many ask", async (t) => {
    const clock = fakeClock(t);
    const names = nameServer();
    const addressOf = createExternalAddress("ftp.example.org", names.lookup);
    assert.deepEqual(await Promise.all([addressOf(CLIENT), addressOf(CLIENT)]), ["198.51.100.1", "198.51.100.1"]);
    names.address = "198.51.100.2";
    await clock.advance(59_999, 59_999);
    assert.equal(addressOf(CLIENT), "198.51.100.1");
    assert.equal(names.asked, 1);
    await clock.advance(1);
    assert.equal(await addressOf(CLIENT), "198.51.100.2");
    assert.equal(names.asked, 2);
  });

  it("keeps the last address of a name that stops to resolve", async (t) => {
    const clock = fakeClock(t);
    const names = nameServer();
    const addressOf = createExternalAddress("ftp.example.org", names.lookup);
    assert.equal(await addressOf(CLIENT), "198.51.100.1");
    names.address = null;
    await clock.advance(60_000, 60_000);
    assert.equal(await addressOf(CLIENT), "198.51.100.1");
    assert.equal(addressOf(CLIENT), "198.51.100.1");
    names.address = "198.51.100.2";
    await clock.advance(60_000, 60_000);
    assert.equal(await addressOf(CLIENT), "198.51.100.2");
  });

  it("rejects while a name has never resolved, and asks again", async () => {
    const names = nameServer();
    names.address = null;
    const addressOf = createExternalAddress("ftp.example.org", names.lookup);
    await assert.rejects(async () => addressOf(CLIENT), { message: "no such name" });
    names.address = "198.51.100.1";
    assert.equal(await addressOf(CLIENT), "198.51.100.1");
  });

  it("resolves by the system, to IPv4", async () => {
    assert.equal(await createExternalAddress("localhost")(CLIENT), "127.0.0.1");
  });

  it('asks a function each time, and takes what it may give: an address, a name, "local", at once or later', async () => {
    const names = nameServer();
    const answers: (string | Promise<string>)[] = [
      "198.51.100.3",
      Promise.resolve("198.51.100.4"),
      "local",
      "ftp.example.org",
    ];
    const addressOf = createExternalAddress(
      (client) => (assert.equal(client, CLIENT), answers.shift() as string),
      names.lookup,
    );
    assert.equal(addressOf(CLIENT), "198.51.100.3");
    assert.equal(await addressOf(CLIENT), "198.51.100.4");
    assert.equal(addressOf(CLIENT), "10.0.0.5");
    assert.equal(await addressOf(CLIENT), "198.51.100.1");
  });

  it("refuses what a function gives when that is no address", async () => {
    for (const bad of ["2001:db8::1", "", "a b", undefined, 7]) {
      const addressOf = createExternalAddress((() => bad) as never);
      await assert.rejects(async () => addressOf(CLIENT), {
        name: "TypeError",
        message: /^Cannot use external address .*: expected an IPv4 address, a name or "local"$/,
      });
    }
  });

  it("names the wrong address when it is made", () => {
    const wrong: [unknown, string][] = [
      ["2001:db8::1", 'external address "2001:db8::1"'],
      ["1.2.3.256", 'external address "1.2.3.256"'],
      ["", 'external address ""'],
      ["ftp.example.org:21", 'external address "ftp.example.org:21"'],
      [[{ network: "10.0.0.0/8", address: "1.2.3" }], 'external address "1.2.3"'],
      [[{ network: "10.0.0.0/8" }], "external address undefined"],
      [[{ network: "10.0.0.0/33", address: "local" }], 'network "10.0.0.0/33"'],
      [[{ network: "10.0.0.0/", address: "local" }], 'network "10.0.0.0/"'],
      [[{ network: "10.0.0.0/8/8", address: "local" }], 'network "10.0.0.0/8/8"'],
      [[{ network: "example.org", address: "local" }], 'network "example.org"'],
      [[{ network: "fd00::/129", address: "local" }], 'network "fd00::/129"'],
      [7, "external address 7"],
    ];
    for (const [option, shown] of wrong) {
      assert.throws(
        () => createExternalAddress(option as PassiveOptions["externalAddress"]),
        (error) =>
          error instanceof (shown.startsWith("network") ? RangeError : TypeError) &&
          error.message.startsWith(`Cannot use ${shown}: expected`),
        shown,
      );
    }
  });
});

describe("externalAddressOf", () => {
  it("is one for each options object, so that sessions share what was resolved", () => {
    const options = { externalAddress: "198.51.100.1" };
    assert.equal(externalAddressOf(options), externalAddressOf(options));
    assert.notEqual(externalAddressOf(options), externalAddressOf({ ...options }));
  });
});
