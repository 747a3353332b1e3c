import { BrokenError, bind, canBind, dial } from "@belfry/net";
import { certificate } from "@belfry/testkit";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { serve } from "../src/index.js";
import type { ServeOptions, Service } from "../src/index.js";
import { expectText, happening } from "./happening.js";
import { MemoryListener } from "./memory-listener.js";

const echo: Service = async (conn) => {
  for await (const bytes of conn) await conn.write(bytes);
};

describe("serve", () => {
  it("serves over TCP, on a port of the system's choice", async () => {
    const server = await serve({ port: 0 }, echo);
    assert.equal(server.addr.host, "127.0.0.1");
    assert.ok(server.addr.port > 0);
    const conn = await dial(server.addr);
    await conn.write("hello");
    await expectText(conn, "hello");
    await conn.close();
    await server.shutdown();
  });

  it("serves over a Unix socket, and takes its file away", { skip: process.platform === "win32" }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "belfry-server-"));
    const path = join(folder, "echo.sock");
    const server = await serve({ path, maxConnsPerAddress: 1 }, echo);
    const conns = [await dial({ path }), await dial({ path })];
    for (const conn of conns) {
      await conn.write("hello");
      await expectText(conn, "hello");
      await conn.close();
    }
    await server.shutdown();
    assert.equal(existsSync(path), false);
    await rm(folder, { recursive: true });
  });

  it("serves over TLS, and a failed handshake costs only its own connection", async () => {
    const server = await serve({ port: 0, tls: { cert: certificate.cert, key: certificate.key } }, echo);
    const failed = happening(server, "acceptFailed");
    const rude = net.connect(server.addr.port, "127.0.0.1").on("error", () => {});
    rude.write("GET / HTTP/1.0\r\n\r\n");
    assert.equal((await failed).kind, "connection");
    rude.destroy();
    const conn = await dial(server.addr, { tls: { ca: certificate.cert } });
    await conn.write("hello");
    await expectText(conn, "hello");
    await conn.close();
    await server.shutdown();
  });

  it("gives up a TLS handshake that takes too long", async () => {
    const { cert, key } = certificate;
    const server = await serve({ port: 0, tls: { cert, key }, handshakeTimeout: 20 }, echo);
    const failed = happening(server, "acceptFailed");
    const mute = net.connect(server.addr.port, "127.0.0.1").on("error", () => {});
    const { error, kind } = await failed;
    assert.ok(error instanceof BrokenError);
    assert.equal(kind, "connection");
    mute.destroy();
    await server.shutdown();
  });

  it("asks for the TLS options of each connection", async () => {
    const { cert, key } = certificate;
    const given = { cert, key };
    let asked = 0;
    const tls = (): typeof given => (asked++, given);
    for (const handshakeTimeout of [undefined, 1000]) {
      asked = 0;
      const server = await serve({ port: 0, tls, handshakeTimeout }, echo);
      for (let i = 1; i <= 2; i++) {
        const conn = await dial(server.addr, { tls: { ca: cert } });
        await conn.write("hello");
        await expectText(conn, "hello");
        assert.equal(asked, i);
        await conn.close();
      }
      await server.shutdown();
    }
  });

  it("serves a socket that is bound already", { skip: !canBind }, async () => {
    const socket = await bind("127.0.0.1:0");
    const server = await serve({ fd: socket.fd }, echo);
    assert.equal(server.addr.port, socket.addr.port);
    const conn = await dial(socket.addr);
    await conn.write("hello");
    await expectText(conn, "hello");
    await conn.close();
    await server.shutdown();
    await socket.close();
  });

  it("knows clients behind a proxy by their own address, and tells of the proxy", async () => {
    const limits = { refuse: ["192.0.2.0/24"], admit: () => true };
    const server = await serve({ port: 0, proxy: { trust: ["127.0.0.1"] }, ...limits }, echo);
    const refused = happening(server, "refused");
    const unwelcome = await dial(server.addr);
    await unwelcome.write("PROXY TCP4 192.0.2.7 203.0.113.1 5000 80\r\n").catch(() => {});
    const { reason, remoteAddr, proxyAddr } = await refused;
    assert.deepEqual([reason, String(remoteAddr)], ["network", "192.0.2.7:5000"]);
    assert.equal(String(proxyAddr), String(unwelcome.localAddr));
    unwelcome.abort();
    const conn = await dial(server.addr);
    const closed = happening(server, "closed");
    await conn.write("PROXY TCP4 198.51.100.7 203.0.113.1 6000 80\r\nhello");
    await expectText(conn, "hello");
    assert.equal(String(server.connections()[0]?.proxyAddr), String(conn.localAddr));
    await conn.close();
    assert.equal(String((await closed).remoteAddr), "198.51.100.7:6000");
    await server.shutdown();
  });

  it("tells that it listens to who subscribes in the same tick", async () => {
    const server = await serve({ port: 0, name: "punctual" }, echo);
    const { server: name, addr } = await happening(server, "listening");
    assert.deepEqual([name, addr.port], ["punctual", server.addr.port]);
    await server.close();
  });

  it("rejects with what listen throws", async () => {
    const server = await serve({ port: 0 }, echo);
    await assert.rejects(serve({ port: server.addr.port }, echo), BrokenError);
    await server.close();
  });

  it("shuts down when its signal aborts", async () => {
    const controller = new AbortController();
    const server = await serve({ port: 0, signal: controller.signal }, echo);
    controller.abort();
    await server.finished;
    assert.equal(server.state, "finished");
  });

  it("does not begin under an aborted signal", async () => {
    const reason = new Error("not today");
    await assert.rejects(serve({ port: 0, signal: AbortSignal.abort(reason) }, echo), (error) => error === reason);
  });

  it("closes the listener it was given when the signal aborts before it has begun", async () => {
    const listener = new MemoryListener();
    const controller = new AbortController();
    const starting = serve({ listener, signal: controller.signal }, echo);
    controller.abort();
    await starting.then(
      (server) => server.finished,
      () => {},
    );
    assert.equal(listener.isClosed, true);
  });
});

describe("serve's options", () => {
  const wrong: [options: object, error: typeof TypeError | typeof RangeError, message: RegExp][] = [
    [{ port: 0, maxConns: 0 }, RangeError, /maxConns 0/],
    [{ port: 0, maxConns: 1.5 }, RangeError, /maxConns 1\.5/],
    [{ port: 0, maxConns: "7" }, TypeError, /maxConns "7"/],
    [{ port: 0, maxWaiting: -1 }, RangeError, /maxWaiting -1/],
    [{ port: 0, maxConnsPerAddress: Number.NaN }, RangeError, /maxConnsPerAddress NaN/],
    [{ port: 0, idleTimeout: -5 }, RangeError, /idleTimeout -5/],
    [{ port: 0, idleTimeout: 2 ** 31 }, RangeError, /idleTimeout 2147483648/],
    [{ port: 0, closeTimeout: "1s" }, TypeError, /closeTimeout "1s"/],
    [{ port: 0, shutdownTimeout: null }, TypeError, /shutdownTimeout null/],
    [{ port: 0, handshakeTimeout: -1 }, RangeError, /handshakeTimeout -1/],
    [{ port: 0, backlog: 0 }, RangeError, /backlog 0/],
    [{ port: 0, tls: true }, TypeError, /tls true/],
    [{ port: 0, reusePort: 1 }, TypeError, /reusePort 1/],
    [{ port: 0, name: "" }, TypeError, /name ""/],
    [{ port: 0, signal: {} }, TypeError, /signal of type Object/],
    [{ port: 0, listTasks: 1 }, TypeError, /listTasks 1/],
    [{ port: 65_536 }, RangeError, /65536/],
    [{ port: 0, host: 5 }, TypeError, /host 5/],
    [{ path: "" }, TypeError, /path ""/],
    [{ path: "x", port: 7 }, TypeError, /port 7 together with path "x"/],
    [{ listener: {} }, TypeError, /listener of type Object/],
    [{ listener: new MemoryListener(), tls: {} }, TypeError, /tls together with listener/],
    [{}, TypeError, /port, path, fd and listener/],
    [{ fd: -1 }, RangeError, /fd -1/],
    [{ fd: "3" }, TypeError, /fd "3"/],
    [{ fd: 3, port: 7 }, TypeError, /port 7 together with fd 3/],
    [{ listener: new MemoryListener(), fd: 3 }, TypeError, /fd together with listener/],
    [{ port: 0, proxy: true }, TypeError, /proxy true/],
    [{ listener: new MemoryListener(), proxy: {} }, TypeError, /proxy together with listener/],
    [{ port: 0, instance: "" }, TypeError, /instance ""/],
    [{ port: 0, instance: 2 }, TypeError, /instance 2/],
    [{ port: 0, allow: "10.0.0.0/8" }, TypeError, /allow "10\.0\.0\.0\/8"/],
    [{ port: 0, allow: ["10.0.0.0/99"] }, RangeError, /allow: .*10\.0\.0\.0\/99/],
    [{ port: 0, refuse: null }, TypeError, /refuse null/],
    [{ port: 0, refuse: ["here"] }, RangeError, /refuse: .*here/],
    [{ port: 0, admit: true }, TypeError, /admit true/],
    [{ port: 0, onReleased: {} }, TypeError, /onReleased of type Object/],
  ];

  for (const [options, error, message] of wrong) {
    it(`turns away ${message.source.replaceAll("\\", "")}`, async () => {
      await assert.rejects(serve(options as ServeOptions, echo), (thrown: Error) => {
        assert.ok(thrown instanceof error, String(thrown));
        assert.match(thrown.message, message);
        return true;
      });
    });
  }

  it("turns away a service that is no function", async () => {
    await assert.rejects(serve({ port: 0 }, "echo" as never), TypeError);
  });

  it("takes 0 and Infinity for no idle timeout", async () => {
    for (const idleTimeout of [0, Number.POSITIVE_INFINITY]) {
      const server = await serve({ listener: new MemoryListener(), idleTimeout }, echo);
      await server.close();
    }
  });
});
