import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dialPacket, listenPacket } from "@belfry/net";
import { IdleError } from "../src/errors.js";
import { netcatPackets } from "../src/packets.js";
import { Collector } from "./collector.js";
import { ManualSource } from "./manual-source.js";

describe("netcatPackets()", () => {
  it("sends each chunk as a packet and writes what comes back", async () => {
    const server = await listenPacket("127.0.0.1:0");
    const client = await dialPacket(server.localAddr);
    const input = new ManualSource();
    const output = new Collector();
    const controller = new AbortController();
    const done = netcatPackets(client, { input, output, signal: controller.signal });
    input.put("one");
    const { data, from } = await server.receive();
    assert.equal(String(data), "one");
    await server.send("answer", from);
    await output.endsIn("answer");
    controller.abort(new Error("enough"));
    await assert.rejects(done, /enough/);
    await client.closed;
    await server.close();
  });

  it("cuts a large chunk into packets of 16 KiB", async () => {
    const server = await listenPacket("127.0.0.1:0");
    const client = await dialPacket(server.localAddr);
    const done = netcatPackets(client, { input: [Buffer.alloc(40_000)], output: new Collector(), quitAfter: 0 });
    const sizes = [];
    for (let at = 0; at < 3; at++) sizes.push((await server.receive()).data.byteLength);
    assert.deepEqual(sizes, [16_384, 16_384, 7232]);
    await done;
    await server.close();
  });

  it("talks with the first who comes, and keeps input until then", async () => {
    const server = await listenPacket("127.0.0.1:0");
    const controller = new AbortController();
    const output = new Collector();
    const peers: string[] = [];
    const onPeer = (peer: unknown): void => void peers.push(String(peer));
    const done = netcatPackets(server, { input: ["welcome"], output, onPeer, signal: controller.signal });
    const first = await dialPacket(server.localAddr);
    const second = await dialPacket(server.localAddr);
    await first.send("first");
    assert.equal(String((await first.receive()).data), "welcome");
    await second.send("second");
    await first.send("again");
    await output.endsIn("again");
    assert.equal(output.text, "firstagain");
    assert.deepEqual(peers, [String(first.localAddr)]);
    controller.abort(new Error("enough"));
    await assert.rejects(done, /enough/);
    await first.close();
    await second.close();
  });

  it("answers the one heard last when told to", async () => {
    const server = await listenPacket("127.0.0.1:0");
    const controller = new AbortController();
    const input = new ManualSource();
    const output = new Collector();
    const done = netcatPackets(server, { input, output, peer: "latest", signal: controller.signal });
    const first = await dialPacket(server.localAddr);
    const second = await dialPacket(server.localAddr);
    await first.send("1");
    await output.endsIn("1");
    await second.send("2");
    await output.endsIn("2");
    input.put("to the second");
    assert.equal(String((await second.receive()).data), "to the second");
    controller.abort(new Error("enough"));
    await assert.rejects(done, /enough/);
    await first.close();
    await second.close();
  });

  it("gives up when nothing moves for the idle timeout", async () => {
    const server = await listenPacket("127.0.0.1:0");
    const done = netcatPackets(server, { input: [], output: new Collector(), idleTimeout: 20 });
    await assert.rejects(done, IdleError);
    await server.closed;
  });

  it("rejects when the port is refused", async () => {
    const server = await listenPacket("127.0.0.1:0");
    const client = await dialPacket(server.localAddr);
    await server.close();
    const done = netcatPackets(client, { input: ["x"], output: new Collector() });
    await assert.rejects(done, /ECONNREFUSED/);
  });
});
