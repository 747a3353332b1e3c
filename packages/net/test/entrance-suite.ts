import { certificate, until, withoutLeaks } from "@belfry/testkit";
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import * as nodeNet from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Addr } from "../src/addr.js";
import type { Conn } from "../src/conn.js";
import { dial, type DialOptions } from "../src/dial.js";
import type { BrokenError } from "../src/errors.js";
import { listen } from "../src/listen.js";
import type { Listener, ListenOptions } from "../src/listener.js";
import { formatProxyHeader, type ProxyHeaderOptions } from "../src/proxy/format-proxy-header.js";
import type { ProxyOptions } from "../src/proxy/proxy-options.js";

const { cert, key } = certificate;
const trust = ["127.0.0.1"];
const remoteAddr = new Addr("tcp", "192.0.2.1", 1234);
const localAddr = new Addr("tcp", "198.51.100.7", 443);
const client = { remoteAddr, localAddr };

/** A listener behind a proxy, and what it has told of connections it lost. */
async function listenBehind(proxy: Partial<ProxyOptions> = {}, options: ListenOptions = {}) {
  const lost: BrokenError[] = [];
  const onHandshakeFailed = (error: BrokenError): void => void lost.push(error);
  const listener = await listen("127.0.0.1:0", { proxy: { trust, ...proxy }, onHandshakeFailed, ...options });
  return { listener, lost };
}

/** Both ends of a connection that `dial` makes to `listener`. */
async function meet(listener: Listener, options: DialOptions): Promise<[Conn, Conn]> {
  return Promise.all([dial(listener.addr, options), listener.accept()]);
}

async function closeAll(...all: (Conn | Listener)[]): Promise<void> {
  await Promise.all(all.map((each) => each.close()));
}

/** Dials through something that sends `header` and the first bytes of what comes behind it as one segment. */
async function withJoiner(target: Addr, header: Uint8Array, body: (addr: Addr) => Promise<void>): Promise<void> {
  const sockets: nodeNet.Socket[] = [];
  const server = nodeNet.createServer({ allowHalfOpen: true }, (from) => {
    const to = nodeNet.connect({ host: target.host, port: target.port, noDelay: true, allowHalfOpen: true });
    sockets.push(from, to);
    from.once("data", (first: Buffer) => {
      to.write(Buffer.concat([header, first]));
      from.pipe(to);
    });
    to.pipe(from);
    for (const socket of [from, to]) socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await body(new Addr("tcp", "127.0.0.1", (server.address() as nodeNet.AddressInfo).port));
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }
}

/** What a listener does before it hands a connection out. */
export function entranceSuite(name: string): void {
  describe(`a listener behind a proxy, ${name}`, () => {
    for (const version of [1, 2] as const) {
      it(`names the client of a header of version ${version}, and the proxy beside it`, () =>
        withoutLeaks(async () => {
          const { listener } = await listenBehind();
          const [a, b] = await meet(listener, { proxy: { ...client, version } });
          assert.equal(String(b.remoteAddr), "192.0.2.1:1234");
          assert.equal(String(b.localAddr), "198.51.100.7:443");
          assert.equal(b.proxy?.version, version);
          assert.equal(String(b.proxy.remoteAddr), String(a.localAddr));
          assert.equal(String(b.proxy.localAddr), String(listener.addr));
          assert.equal(b.bytesRead, 0);
          assert.equal(a.bytesWritten, 0);
          await a.write("hello");
          assert.equal(String(await b.read()), "hello");
          assert.equal(b.bytesRead, 5);
          b.abort();
          await assert.rejects(b.read(), /192\.0\.2\.1:1234/);
          await closeAll(a, b, listener);
        }));
    }

    it("loses nothing that comes with the header, in whatever pieces", () =>
      withoutLeaks(async () => {
        const { listener } = await listenBehind();
        const bytes = Buffer.concat([formatProxyHeader({ ...client, authority: "a" }), Buffer.from("hello")]);
        for (const size of [1, 7, bytes.length - 5, bytes.length]) {
          const a = await dial(listener.addr);
          const accepting = listener.accept();
          for (let at = 0; at < bytes.length; at += size) {
            await a.write(bytes.subarray(at, at + size));
            await a.flush();
            await new Promise((resolve) => setImmediate(resolve));
          }
          await a.closeWrite();
          const b = await accepting;
          let text = "";
          for await (const chunk of b) text += String(chunk);
          assert.equal(text, "hello");
          assert.equal(b.bytesRead, 5);
          assert.equal(b.proxy?.authority, "a");
          await closeAll(a, b);
        }
        await listener.close();
      }));

    it("leaves what comes behind the header with the kernel until somebody reads", async () => {
      const { listener } = await listenBehind();
      const [a, b] = await meet(listener, { proxy: client });
      const chunk = Buffer.alloc(1_048_576);
      a.setWriteDeadline(Date.now() + 100);
      await assert.rejects(async () => {
        for (;;) await a.write(chunk);
      }, /deadline/);
      assert.ok(b.bytesRead < 200_000, `${b.bytesRead} bytes were taken`);
      a.abort();
      await closeAll(a, b, listener);
    });

    for (const [kind, options] of Object.entries({
      "": {},
      ", with requireCloseNotify": { requireCloseNotify: true },
      ", of TLS 1.2": { maxVersion: "TLSv1.2" },
    } as const)) {
      it(`takes a header and the start of TLS from one segment${kind}`, () =>
        withoutLeaks(async () => {
          const { listener, lost } = await listenBehind({}, { tls: { cert, key, ...options } });
          const header = formatProxyHeader({
            ...client,
            alpn: "x",
            tls: { isTls: false, hasCertificate: false, isVerified: false },
          });
          await withJoiner(listener.addr, header, async (addr) => {
            const tls = { ca: cert, servername: "localhost" };
            const [a, b] = await Promise.all([dial(addr, { tls }), listener.accept()]);
            assert.equal(String(b.remoteAddr), "192.0.2.1:1234");
            assert.equal(b.proxy?.alpn, "x");
            assert.equal(b.tls?.servername, "localhost");
            await a.write("hello");
            assert.equal(String(await b.read()), "hello");
            await b.write("bye");
            await b.closeWrite();
            assert.equal(String(await a.read()), "bye");
            assert.equal(await a.read(), null);
            await a.close();
            assert.equal(await b.read(), null);
            await b.close();
          });
          assert.deepEqual(lost, []);
          await listener.close();
        }));
    }

    it("takes TLS that comes later than the header", () =>
      withoutLeaks(async () => {
        const { listener } = await listenBehind({}, { tls: { cert, key } });
        const [a, b] = await meet(listener, { proxy: client, tls: { ca: cert } });
        await b.write("hello");
        assert.equal(String(await a.read()), "hello");
        assert.equal(String(b.remoteAddr), "192.0.2.1:1234");
        assert.equal(b.proxy?.version, 2);
        await closeAll(a, b, listener);
      }));

    it("keeps what it knows of the client over startTls", async () => {
      const { listener } = await listenBehind();
      const [a, b] = await meet(listener, { proxy: client });
      const [secureA, secureB] = await Promise.all([
        a.startTls({ ca: cert }),
        b.startTls({ isServer: true, cert, key }),
      ]);
      assert.equal(String(secureB.remoteAddr), "192.0.2.1:1234");
      assert.equal(secureB.proxy?.version, 2);
      await closeAll(secureA, secureB, listener);
    });

    it("takes the proxy's own connections for what they are", async () => {
      const { listener } = await listenBehind();
      for (const proxy of [{}, { version: 1 }] satisfies ProxyHeaderOptions[]) {
        const [a, b] = await meet(listener, { proxy });
        assert.equal(String(b.remoteAddr), String(a.localAddr));
        assert.equal(String(b.localAddr), String(listener.addr));
        assert.ok(b.proxy);
        await closeAll(a, b);
      }
      await listener.close();
    });

    it("resets whoever is not trusted, or serves him as he is", () =>
      withoutLeaks(async () => {
        const strict = await listenBehind({ trust: ["192.0.2.0/24"] });
        // The reset may overtake the answer to the dial.
        await assert.rejects(async () => (await dial(strict.listener.addr)).read(), /ECONNRESET/);
        await until(() => strict.lost.length === 1);
        assert.match(
          strict.lost[0]?.message ?? "",
          /^Cannot accept from 127\.0\.0\.1:\d+: it comes from no trusted proxy$/,
        );
        assert.equal(strict.listener.waiting, 0);
        const mild = await listenBehind({ trust: ["192.0.2.0/24"], untrusted: "serve" });
        const [a, b] = await meet(mild.listener, {});
        assert.equal(String(b.remoteAddr), String(a.localAddr));
        assert.equal(b.proxy, undefined);
        await closeAll(a, b, strict.listener, mild.listener);
      }));

    const failures: Readonly<Record<string, { sent: string; ends?: boolean; cause: RegExp }>> = {
      "sends nothing": { sent: "", cause: /its PROXY header took longer than 30 ms/ },
      "sends it too slowly": { sent: "PROXY TCP4", cause: /its PROXY header took longer than 30 ms/ },
      "speaks another protocol": { sent: "GET / HTTP/1.1\r\n", cause: /malformed: it starts with neither/ },
      "sends too much of it": { sent: `PROXY UNKNOWN ${"x".repeat(200)}`, cause: /longer than 107 bytes/ },
      "ends before it": { sent: "", ends: true, cause: /it ended before its PROXY header was complete/ },
      "ends within it": { sent: "PROXY", ends: true, cause: /it ended before its PROXY header was complete/ },
    };
    for (const [what, { sent, ends, cause }] of Object.entries(failures)) {
      it(`resets a proxy that ${what}, and says so`, () =>
        withoutLeaks(async () => {
          const { listener, lost } = await listenBehind({ timeout: String(cause).includes("30 ms") ? 30 : 60_000 });
          const bad = await dial(listener.addr);
          if (sent !== "") await bad.write(sent);
          if (ends === true) await bad.closeWrite();
          await assert.rejects(bad.read(), /ECONNRESET/);
          await until(() => lost.length === 1);
          assert.equal(lost[0]?.op, "accept");
          assert.equal(String(lost[0].remoteAddr), String(bad.localAddr));
          assert.match(lost[0].message, cause);
          assert.match(lost[0].message, /^Cannot accept from 127\.0\.0\.1:\d+: /);
          await closeAll(bad, listener);
        }));
    }

    it("serves others while one sends its header slowly", () =>
      withoutLeaks(async () => {
        const { listener } = await listenBehind();
        const slow = await dial(listener.addr);
        await slow.write("PROXY ");
        const [a, b] = await meet(listener, { proxy: client });
        await slow.write("UNKNOWN\r\n");
        const c = await listener.accept();
        assert.equal(String(c.remoteAddr), String(slow.localAddr));
        await closeAll(a, b, c, slow, listener);
      }));

    it("says that a proxy has reset its connection", () =>
      withoutLeaks(async () => {
        const { listener, lost } = await listenBehind();
        const bad = await dial(listener.addr);
        await bad.write("PROXY");
        await bad.flush();
        bad.abort();
        await until(() => lost.length === 1);
        assert.match(lost[0]?.message ?? "", /ECONNRESET|closed|lost|ended/);
        await closeAll(bad, listener);
      }));

    it("names the client whose TLS handshake failed", async () => {
      const { listener, lost } = await listenBehind({}, { tls: { cert, key } });
      const a = await dial(listener.addr, { proxy: client });
      await a.write("this is no ClientHello\r\n\r\n");
      await until(() => lost.length === 1);
      assert.equal(String(lost[0]?.remoteAddr), "192.0.2.1:1234");
      await closeAll(a, listener);
    });

    it("resets those under way when it is closed, and says nothing of them", () =>
      withoutLeaks(async () => {
        const plain = await listenBehind({ timeout: 60_000 });
        const secure = await listenBehind({ timeout: 60_000 }, { tls: { cert, key, handshakeTimeout: 60_000 } });
        const silent = await dial(plain.listener.addr);
        const headed = await dial(secure.listener.addr, { proxy: client });
        const ends = [silent, headed].map((each) =>
          assert.rejects(each.read().then(() => Promise.reject(new Error("ended")))),
        );
        await headed.write("\x16"); // so that its handshake has begun, or will
        const accepted = await dial(plain.listener.addr, { proxy: client });
        await until(() => plain.listener.waiting === 1);
        await closeAll(plain.listener, secure.listener);
        await Promise.all(ends);
        await closeAll(silent, headed, accepted);
        assert.deepEqual([...plain.lost, ...secure.lost], []);
      }));

    it("resets what goes beyond the backlog while headers are awaited", () =>
      withoutLeaks(async () => {
        const { listener } = await listenBehind({}, { backlog: 2 });
        const conns = await Promise.all(Array.from({ length: 5 }, () => dial(listener.addr)));
        await until(() => listener.refused === 3);
        await listener.close();
        await closeAll(...conns);
      }));

    it(
      "trusts everybody on a Unix socket, and takes addresses of any kind",
      { skip: process.platform === "win32" },
      async () => {
        const folder = await mkdtemp(join(tmpdir(), "belfry-proxy-"));
        try {
          const listener = await listen({ path: join(folder, "s") }, { proxy: { trust: [] } });
          const [a, b] = await meet(listener, { proxy: client });
          assert.equal(String(b.remoteAddr), "192.0.2.1:1234");
          b.abort(); // which must not be taken for a TCP socket's reset
          await b.closed;
          await closeAll(a, listener);
          const tcp = await listenBehind();
          const unix = { remoteAddr: new Addr("unix", "", 0, "/a"), localAddr: new Addr("unix", "", 0, "/b") };
          const [c, d] = await meet(tcp.listener, { proxy: unix });
          assert.equal(String(d.remoteAddr), "unix:/a");
          d.abort();
          await assert.rejects(c.read(), /ECONNRESET/);
          await closeAll(c, d, tcp.listener);
        } finally {
          await rm(folder, { recursive: true });
        }
      },
    );

    it("refuses options that are none", async () => {
      await assert.rejects(listenBehind({ trust: ["10.0.0.0/99"] }), {
        name: "RangeError",
        message: /10\.0\.0\.0\/99/,
      });
      for (const timeout of [0, -1, Number.NaN]) await assert.rejects(listenBehind({ timeout }), RangeError);
      await assert.rejects(listenBehind({ untrusted: "guess" as "serve" }), /"guess"/);
    });
  });

  describe(`a listener that asks for its TLS options, ${name}`, () => {
    it("has new ones for each connection, and one context for the same", () =>
      withoutLeaks(async () => {
        const [one, other] = [
          { cert, key, alpnProtocols: ["one"] },
          { cert, key, alpnProtocols: ["other"] },
        ];
        let tls = one;
        const listener = await listen("127.0.0.1:0", { tls: () => tls });
        const alpnNow = async (session?: Uint8Array) => {
          const options = { ca: cert, alpnProtocols: ["one", "other"], ...(session !== undefined && { session }) };
          const [a, b] = await meet(listener, { tls: options });
          let ticket: Uint8Array | undefined;
          a.tls?.socket.on("session", (given: Buffer) => (ticket ??= given));
          await b.write("x");
          await a.read();
          await closeAll(a, b);
          return { alpn: a.tls?.alpnProtocol, isReused: a.tls?.isSessionReused, ticket };
        };
        const first = await alpnNow();
        assert.equal(first.alpn, "one");
        assert.deepEqual((await alpnNow(first.ticket)).isReused, true);
        tls = other;
        assert.equal((await alpnNow()).alpn, "other");
        await listener.close();
      }));

    it("loses only the connection for which there are none, or whose certificate is none", () =>
      withoutLeaks(async () => {
        const lost: BrokenError[] = [];
        const answers = [
          () => {
            throw new Error("no certificate now");
          },
          () => ({ cert: "nonsense", key }),
          () => ({ cert, key }),
        ];
        const listener = await listen("127.0.0.1:0", {
          tls: () => answers.shift()?.() as { cert: string; key: string },
          onHandshakeFailed: (error) => lost.push(error),
        });
        await assert.rejects(dial(listener.addr, { tls: { ca: cert } }));
        await assert.rejects(dial(listener.addr, { tls: { ca: cert } }));
        const [a, b] = await meet(listener, { tls: { ca: cert } });
        assert.match(lost[0]?.message ?? "", /^Cannot accept from .*: no certificate now$/);
        assert.match(lost[1]?.message ?? "", /^Cannot accept from .*: ERR_OSSL_PEM/);
        assert.equal(lost.length, 2);
        await closeAll(a, b, listener);
      }));
  });
}
