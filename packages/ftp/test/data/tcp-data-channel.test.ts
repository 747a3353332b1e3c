import { until, withoutLeaks } from "@belfry/testkit";
import assert from "node:assert/strict";
import { once } from "node:events";
import * as nodeNet from "node:net";
import { describe, it } from "node:test";
import { Cancellation } from "../../src/data/cancellation.js";
import type { HostPort } from "../../src/protocol/host-port.js";
import { ReplyError } from "../../src/protocol/reply.js";
import { carries, connectTo, dropped, makeChannel, plain, startConnecting, withChannel } from "./channel-kit.js";

/** Matches a {@link ReplyError} of this code. */
function code(expected: number): (error: unknown) => boolean {
  return (error) => error instanceof ReplyError && error.reply.code === expected;
}

describe("DataChannel.listen()", () => {
  it("keeps its port from transfer to transfer, and says so at once", () =>
    withoutLeaks(() =>
      withChannel({}, async (channel) => {
        const first = await channel.listen("ipv4");
        for (let i = 0; i < 3; i += 1) {
          assert.deepEqual(channel.listen("ipv4"), first);
          assert.equal(channel.isReady, true);
          const client = await connectTo(first);
          const conn = await channel.open(plain());
          assert.equal(channel.isReady, false);
          assert.equal(await carries(conn, client, `transfer ${i}`), true);
        }
      }),
    ));

  it("listens on the address that the client has reached, and on no other", () =>
    withChannel({ local: "127.0.0.3" }, async (channel) => {
      const target = await channel.listen("ipv4");
      assert.equal(target.host, "127.0.0.3");
      await assert.rejects(connectTo({ ...target, host: "127.0.0.1" }), /ECONNREFUSED/);
    }));

  it("serves IPv6, and refuses PASV there", () =>
    withChannel({ local: "::1", remote: "::1" }, async (channel) => {
      assert.throws(() => channel.listen("ipv4"), code(522));
      const target = await channel.listen("ipv6");
      assert.deepEqual(channel.listen(null), target);
      const client = await connectTo({ host: "::1", port: target.port }, "::1");
      assert.equal(await carries(await channel.open(plain()), client, "six"), true);
    }));

  it("takes an IPv4 address that is mapped into IPv6 for what it is", () =>
    withChannel({ local: "::ffff:127.0.0.1", remote: "::ffff:127.0.0.1" }, async (channel) => {
      assert.throws(() => channel.listen("ipv6"), code(522));
      const target = await channel.listen("ipv4");
      assert.equal(target.host, "127.0.0.1");
      const client = await connectTo(target);
      assert.equal(await carries(await channel.open(plain()), client, "mapped"), true);
    }));

  it("takes a port of the range that is free, and says 425 when there is none", () =>
    withoutLeaks(async () => {
      const ports = await freePorts(2);
      const passive = { ports };
      const [a, b, c] = [makeChannel({ passive }), makeChannel({ passive }), makeChannel({ passive })];
      const taken = [(await a.listen("ipv4")).port, (await b.listen("ipv4")).port];
      assert.deepEqual(
        taken.sort((x, y) => x - y),
        [ports.from, ports.to],
      );
      await assert.rejects(async () => c.listen("ipv4"), code(425));
      assert.equal(c.isReady, false);
      await a.close();
      assert.ok(taken.includes((await c.listen("ipv4")).port));
      await Promise.all([b.close(), c.close()]);
    }));

  it("announces the external address for PASV, and is asked for it with the client's name and ends", () =>
    withChannel(
      { passive: { externalAddress: (client) => (assert.deepEqual(client, CLIENT), "192.0.2.7") } },
      async (channel) => {
        const target = await channel.listen("ipv4");
        assert.equal(target.host, "192.0.2.7");
        assert.equal((await channel.listen(null)).host, "127.0.0.1");
      },
    ));

  it("says 425 when the external address cannot be found out", () =>
    withChannel({ passive: { externalAddress: () => Promise.reject(new Error("no")) } }, async (channel) => {
      await assert.rejects(async () => channel.listen("ipv4"), code(425));
      assert.equal(channel.isReady, false);
    }));

  it("says 502 when passive mode is switched off", () =>
    withChannel({ passive: null }, async (channel) => {
      assert.throws(() => channel.listen("ipv4"), code(502));
    }));

  it("drops connections that came for an earlier transfer", () =>
    withChannel({}, async (channel) => {
      const target = await channel.listen("ipv4");
      const early = await connectTo(target);
      await turn();
      void channel.listen("ipv4");
      assert.equal(await dropped(early), 0);
      const client = await connectTo(target);
      assert.equal(await carries(await channel.open(plain()), client, "mine"), true);
    }));

  it("holds a few connections of the client at most, and gives out the first", () =>
    withoutLeaks(() =>
      withChannel({}, async (channel) => {
        const target = await channel.listen("ipv4");
        const first = await connectTo(target);
        const more = Array.from({ length: 20 }, () => startConnecting(target, "127.0.0.1"));
        await until(() => more.filter((socket) => socket.closed).length >= 15);
        const conn = await channel.open(plain());
        assert.equal(await carries(conn, first, "first"), true);
        for (const socket of more) assert.equal(await dropped(socket), 0);
      }),
    ));
});

describe("DataChannel.open()", () => {
  it("drops strangers without a word while it goes on waiting for the client", () =>
    withoutLeaks(() =>
      withChannel({}, async (channel) => {
        const target = await channel.listen("ipv4");
        const early = startConnecting(target, "127.0.0.2");
        assert.equal(await dropped(early), 0);
        const opening = channel.open(plain());
        for (let i = 0; i < 30; i += 1) assert.equal(await dropped(startConnecting(target, "127.0.0.2")), 0);
        const client = await connectTo(target);
        assert.equal(await carries(await opening, client, "for the client"), true);
      }),
    ));

  it("drops the client itself when nothing is expected", () =>
    withChannel({}, async (channel) => {
      const target = await channel.listen("ipv4");
      const client = await connectTo(target);
      assert.equal(await carries(await channel.open(plain()), client, "x"), true);
      assert.equal(await dropped(startConnecting(target, "127.0.0.1")), 0);
    }));

  it("says 425 when the client does not come, or a stranger alone", () =>
    withoutLeaks(() =>
      withChannel({ dataTimeout: 30 }, async (channel) => {
        const target = await channel.listen("ipv4");
        const opening = channel.open(plain());
        startConnecting(target, "127.0.0.2");
        await assert.rejects(opening, code(425));
        assert.equal(channel.isReady, false);
        assert.equal(await dropped(startConnecting(target, "127.0.0.1")), 0);
      }),
    ));

  it("says 425 when nothing was said of where to connect, and when that is used up", () =>
    withChannel({}, async (channel) => {
      await assert.rejects(channel.open(plain()), code(425));
      const client = await connectTo(await channel.listen("ipv4"));
      assert.equal(await carries(await channel.open(plain()), client, "x"), true);
      await assert.rejects(channel.open(plain()), code(425));
    }));

  it("rejects with the reason it is cancelled for while it waits for the client", () =>
    withoutLeaks(() =>
      withChannel({}, async (channel) => {
        const target = await channel.listen("ipv4");
        const cancellation = new Cancellation();
        const opening = channel.open(plain(cancellation));
        cancellation.cancel(new Error("ABOR"));
        await assert.rejects(opening, { message: "ABOR" });
        await assert.rejects(channel.open(plain(cancellation)), { message: "ABOR" });
        assert.equal(await dropped(startConnecting(target, "127.0.0.1")), 0);
      }),
    ));

  it("dials the client's port from the address the client has reached", () =>
    withoutLeaks(() =>
      withChannel({ local: "127.0.0.3" }, async (channel) => {
        await withServer("127.0.0.1", async (target, arrived) => {
          channel.dialLater(target);
          assert.equal(channel.isReady, true);
          const [conn, client] = await Promise.all([channel.open(plain()), arrived]);
          assert.equal(channel.isReady, false);
          assert.equal(client.remoteAddress, "127.0.0.3");
          assert.equal(await carries(conn, client, "active"), true);
        });
      }),
    ));

  it("dials over IPv6, however the client writes its address", () =>
    withChannel({ local: "::1", remote: "::1" }, async (channel) => {
      await withServer("::1", async ({ port }, arrived) => {
        channel.dialLater({ host: "0:0:0:0:0:0:0:1", port });
        const [conn, client] = await Promise.all([channel.open(plain()), arrived]);
        assert.equal(await carries(conn, client, "six"), true);
      });
    }));

  it("says 425 when the client does not listen", () =>
    withChannel({}, async (channel) => {
      const { from: port } = await freePorts(1);
      channel.dialLater({ host: "127.0.0.1", port });
      await assert.rejects(channel.open(plain()), code(425));
    }));

  it("rejects with the reason it is cancelled for while it dials", () =>
    withoutLeaks(() =>
      withChannel({}, async (channel) => {
        const { from: port } = await freePorts(1);
        channel.dialLater({ host: "127.0.0.1", port });
        const cancellation = new Cancellation();
        const opening = channel.open(plain(cancellation));
        cancellation.cancel(new Error("ABOR"));
        await assert.rejects(opening, { message: "ABOR" });
      }),
    ));
});

describe("DataChannel.dialLater()", () => {
  it("refuses what is not the client's own, and ports of other services", () =>
    withChannel({}, async (channel) => {
      assert.throws(() => channel.dialLater({ host: "127.0.0.2", port: 5_000 }), code(501));
      assert.throws(() => channel.dialLater({ host: "localhost", port: 5_000 }), code(501));
      assert.throws(() => channel.dialLater({ host: "127.0.0.1", port: 1_023 }), code(501));
      assert.throws(() => channel.dialLater({ host: "::1", port: 5_000 }), code(522));
      assert.equal(channel.isReady, false);
    }));

  it("says 502 when active mode is switched off", () =>
    withChannel({ active: false }, async (channel) => {
      assert.throws(() => channel.dialLater({ host: "127.0.0.1", port: 5_000 }), code(502));
    }));

  it("takes the place of PASV, and PASV its place", () =>
    withChannel({}, async (channel) => {
      const target = await channel.listen("ipv4");
      const waiting = await connectTo(target);
      await turn();
      await withServer("127.0.0.1", async (own, arrived) => {
        channel.dialLater(own);
        assert.equal(await dropped(waiting), 0);
        const [conn, client] = await Promise.all([channel.open(plain()), arrived]);
        assert.equal(await carries(conn, client, "dialled"), true);
        channel.dialLater(own);
        void channel.listen("ipv4");
        const connected = await connectTo(target);
        assert.equal(await carries(await channel.open(plain()), connected, "accepted"), true);
      });
    }));
});

describe("DataChannel.close()", () => {
  it("drops what waits, ends the wait under way and frees the port", () =>
    withoutLeaks(async () => {
      const channel = makeChannel();
      const target = await channel.listen("ipv4");
      const opening = channel.open(plain());
      await Promise.all([assert.rejects(opening, code(425)), channel.close(), channel.close()]);
      await assert.rejects(connectTo(target), /ECONNREFUSED/);
      await assert.rejects(async () => channel.listen("ipv4"), code(425));
    }));

  it("leaves nothing behind when the listener was about to be made", () =>
    withoutLeaks(async () => {
      const channel = makeChannel();
      const listening = assert.rejects(async () => channel.listen("ipv4"), code(425));
      await channel.close();
      await listening;
    }));

  it("costs nothing where no data connection was asked for", () => withoutLeaks(() => makeChannel().close()));
});

const CLIENT = { localAddress: "127.0.0.1", remoteAddress: "127.0.0.1", user: "jo" };

/** A range of ports that were free a moment ago. */
async function freePorts(count: number): Promise<{ from: number; to: number }> {
  for (;;) {
    const first = nodeNet.createServer().listen(0, "127.0.0.1");
    await once(first, "listening");
    const { port: from } = first.address() as nodeNet.AddressInfo;
    const others = await Promise.all(Array.from({ length: count - 1 }, (_, i) => isFree(from + 1 + i)));
    await new Promise((resolve) => first.close(resolve));
    if (others.every(Boolean)) return { from, to: from + count - 1 };
  }
}

function isFree(port: number): Promise<boolean> {
  if (port > 65_535) return Promise.resolve(false);
  return new Promise((resolve) => {
    const server = nodeNet.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** A client that listens, as for PORT; `arrived` gives the connection that came. */
async function withServer(
  host: string,
  body: (target: HostPort, arrived: Promise<nodeNet.Socket>) => Promise<void>,
): Promise<void> {
  const server = nodeNet.createServer().listen(0, host);
  await once(server, "listening");
  const arrived = once(server, "connection").then(([socket]) => socket as nodeNet.Socket);
  try {
    await body({ host, port: (server.address() as nodeNet.AddressInfo).port }, arrived);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Lets the listener take what the kernel holds. */
async function turn(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
