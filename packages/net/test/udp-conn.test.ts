import assert from "node:assert/strict";
import { once } from "node:events";
import { createSocket } from "node:dgram";
import { describe, it } from "node:test";
import { until } from "@belfry/testkit";
import { dialPacket } from "../src/dial-packet.js";
import { BrokenError, ClosedError, DeadlineError } from "../src/errors.js";
import { listenPacket } from "../src/listen-packet.js";
import type { PacketConn, PacketOptions } from "../src/packet-conn.js";

async function withPair(
  body: (server: PacketConn, client: PacketConn) => Promise<void>,
  options?: PacketOptions,
): Promise<void> {
  const server = await listenPacket("127.0.0.1:0", options);
  const client = await dialPacket(server.localAddr);
  try {
    await body(server, client);
  } finally {
    await Promise.all([server.close(), client.close()]);
  }
}

describe("PacketConn", () => {
  it("carries datagrams whole, both ways, and says where they came from", () =>
    withPair(async (server, client) => {
      await client.send("hello");
      await client.send(new Uint8Array(0));
      const { data, from } = await server.receive();
      assert.equal(Buffer.from(data).toString(), "hello");
      assert.equal(String(from), String(client.localAddr));
      assert.equal((await server.receive()).data.length, 0);
      await server.send("grün", from);
      assert.equal(Buffer.from((await client.receive()).data).toString(), "grün");
    }));

  it("names its ends", () =>
    withPair(async (server, client) => {
      assert.equal(server.localAddr.network, "udp");
      assert.equal(server.remoteAddr, null);
      assert.equal(String(client.remoteAddr), String(server.localAddr));
    }));

  it("serves receivers in the order they came", () =>
    withPair(async (server, client) => {
      const receiving = Promise.all([server.receive(), server.receive()]);
      await client.send("1");
      await client.send("2");
      assert.deepEqual(
        (await receiving).map(({ data }) => Buffer.from(data).toString()),
        ["1", "2"],
      );
    }));

  it("drops the newest past its capacity, and counts them", () =>
    withPair(
      async (server, client) => {
        for (let i = 0; i < 5; i += 1) await client.send(String(i));
        // The system hands datagrams of one sender over in order on loopback: once the last was counted, all are there.
        await until(() => server.dropped === 3);
        const texts = [await server.receive(), await server.receive()].map(({ data }) => Buffer.from(data).toString());
        assert.deepEqual(texts, ["0", "1"]);
        assert.equal(server.dropped, 3);
      },
      { capacity: 2 },
    ));

  it("ends a wait at the deadline, and works again with a later one", () =>
    withPair(async (server, client) => {
      const receiving = assert.rejects(server.receive(), DeadlineError);
      server.setReadDeadline(Date.now() + 10);
      await receiving;
      await assert.rejects(server.receive(), { name: "DeadlineError", code: "ERR_DEADLINE", op: "receive" });
      server.setReadDeadline(null);
      await client.send("x");
      assert.equal((await server.receive()).data.length, 1);
    }));

  it("ends an aborted wait with the reason and loses no datagram", () =>
    withPair(async (server, client) => {
      const reason = new Error("enough");
      const abort = new AbortController();
      const receiving = assert.rejects(server.receive({ signal: abort.signal }), reason);
      abort.abort(reason);
      await receiving;
      await client.send("x");
      assert.equal((await server.receive()).data.length, 1);
    }));

  it("ends waits, loops and later calls when closed", () =>
    withPair(async (server) => {
      const receiving = assert.rejects(server.receive(), ClosedError);
      const looping = (async () => {
        for await (const packet of server) assert.fail(`got one from ${String(packet.from)}`);
      })();
      await Promise.all([server.close(), server.close()]);
      await Promise.all([receiving, looping, server.closed]);
      await assert.rejects(server.receive(), ClosedError);
      await assert.rejects(server.send("x", "127.0.0.1:9"), ClosedError);
    }));

  it("asks for an address exactly where there is no peer", () =>
    withPair(async (server, client) => {
      await assert.rejects(server.send("x"), TypeError);
      await assert.rejects(client.send("x", server.localAddr), TypeError);
      await assert.rejects(server.send("x", "unix:/tmp/x"), TypeError);
    }));

  it("reports a port that nobody listens on", async () => {
    // The system lends no port this low, so that no other socket of the machine has it.
    const client = await dialPacket("127.0.0.1:1");
    try {
      const receiving = assert.rejects(client.receive(), BrokenError);
      await client.send("anybody there?");
      await receiving;
    } finally {
      await client.close();
    }
  });

  it("refuses a taken address, a path and a capacity of nothing", async () => {
    const taken = createSocket("udp4").bind(0, "127.0.0.1");
    await once(taken, "listening");
    await assert.rejects(listenPacket({ port: taken.address().port }), { name: "BrokenError", op: "listen" });
    taken.close();
    await assert.rejects(listenPacket("unix:/tmp/x"), TypeError);
    await assert.rejects(listenPacket("127.0.0.1:0", { capacity: 0 }), RangeError);
  });
});
