import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { ask, withHost } from "./hosts.js";

/** From 127.0.0.1 with a header; 127.0.0.2 is nobody's proxy. */
const PROXIED = {
  use: "echo",
  listen: "127.0.0.1:0",
  proxy: { trust: ["127.0.0.1/32"], timeout: "300ms" },
};

const V2 = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

function v2(kind: number, body: Buffer, length = body.length): Buffer {
  const head = Buffer.from([0x21, kind, length >> 8, length & 255]);
  return Buffer.concat([V2, head, body]);
}

const ADDRESSES = Buffer.from([192, 0, 2, 1, 192, 0, 2, 2, 0x10, 0, 0, 80]);

async function dial(port: number, from: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", localAddress: from }).on("error", () => {});
  // One that is refused may be reset before it knows that it was connected.
  await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.destroyed) await new Promise((resolve) => socket.once("close", resolve));
}

describe("a port behind a proxy that somebody else dials", () => {
  it("resets what brings no header, a bad, a slow or a huge one, says why once each, and serves the next", () =>
    withHost({ config: { workers: 2, services: { behind: PROXIED } } }, async (host) => {
      const port = await host.port("behind");
      const bad: readonly (readonly [string, string | Buffer, RegExp])[] = [
        ["none", "GET / HTTP/1.1\r\n", /malformed: it starts with neither of its signatures/],
        ["an address that is none", "PROXY TCP4 1.2.3 4.5.6.7 1 2\r\n", /malformed: an address is not one of TCP4/],
        ["an endless line", `PROXY TCP4 ${"1".repeat(200)}`, /longer than 107 bytes/],
        ["a huge one", v2(0x11, ADDRESSES, 65_535), /longer than 4\d{3} bytes/],
        ["another version", Buffer.concat([V2, Buffer.from([0x11, 0x11, 0, 0])]), /its version is 1/],
        ["too few bytes of address", v2(0x11, ADDRESSES.subarray(0, 4)), /too short for its addresses/],
        ["half of one, and silence", "PROXY TCP", /took longer than 300 ms/],
      ];
      for (const [what, bytes, why] of bad) {
        const socket = await dial(port, "127.0.0.1");
        const over = closed(socket);
        socket.write(bytes);
        await over;
        await host.process.says(why);
        const lines = host.process
          .stderr()
          .split("\n")
          .filter((line) => why.test(line));
        assert.equal(lines.length, 1, what);
        assert.match(lines[0] as string, /^behind could not accept \(connection\): .*127\.0\.0\.1:\d+/, what);
      }
      const stranger = await dial(port, "127.0.0.2");
      await closed(stranger);
      await host.process.says(/127\.0\.0\.2:\d+.*it comes from no trusted proxy/);
      const client = await dial(port, "127.0.0.1");
      client.write(v2(0x11, ADDRESSES));
      assert.equal(await ask(client, "through"), "through");
      const { body } = await host.get("/debug/conns");
      assert.match(body, /192\.0\.2\.1/);
      client.destroy();
    }));

  it("logs a flood in few lines, and tells how many there were", () =>
    withHost({ config: { services: { behind: PROXIED } } }, async (host) => {
      const port = await host.port("behind");
      for (let count = 0; count < 20; count += 1) {
        const crowd = await Promise.all(Array.from({ length: 20 }, () => dial(port, "127.0.0.2")));
        await Promise.all(crowd.map(closed));
      }
      const { services } = await host.until(({ services: [first] }) => first?.counters.accept_errors_total === 400);
      assert.equal(services.length, 1);
      host.process.child.kill("SIGTERM");
      const { stderr } = await host.process.ended;
      const lines = stderr.split("\n").filter((line) => line.includes("no trusted proxy"));
      assert.ok(lines.length >= 1 && lines.length <= 60, String(lines.length));
      assert.match(stderr, /behind could not accept \(connection\) \d+ times more in \S+/);
    }));
});
