import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { certificate, until, withoutLeaks } from "@belfry/testkit";
import type { Conn } from "../src/conn.js";
import { dial } from "../src/dial.js";
import { type BrokenError, ClosedError } from "../src/errors.js";
import { listen } from "../src/listen.js";
import type { TlsInfo } from "../src/tls.js";

const { cert, key } = certificate;

describe("listen", () => {
  it("says which port the system chose", async () => {
    await using listener = await listen("127.0.0.1:0");
    assert.notEqual(listener.addr.port, 0);
    assert.equal(String(listener.addr), `127.0.0.1:${listener.addr.port}`);
  });

  it("listens on loopback unless told listenerwise", async () => {
    await using listener = await listen({ port: 0 });
    assert.equal(listener.addr.host, "127.0.0.1");
  });

  it("knows the local address of each connection when it listens on all", async () => {
    await using listener = await listen("0.0.0.0:0");
    await using conn = await dial({ host: "127.0.0.3", port: listener.addr.port });
    await using accepted = await listener.accept();
    assert.equal(String(accepted.localAddr), String(conn.remoteAddr));
  });

  it("says that the address is taken", async () => {
    await using listener = await listen("127.0.0.1:0");
    await assert.rejects(listen(listener.addr), {
      name: "BrokenError",
      op: "listen",
      message: `Cannot listen on ${String(listener.addr)}: EADDRINUSE address already in use`,
    });
  });

  it("refuses a backlog that is no whole number of at least 1", async () => {
    for (const backlog of [0, -1, 1.5]) await assert.rejects(listen(":0", { backlog }), RangeError);
  });

  it("removes the file of a Unix socket when it closes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "belfry-listen-"));
    try {
      const path = join(folder, "s");
      const listener = await listen({ path });
      assert.equal(String(listener.addr), `unix:${path}`);
      await using conn = await dial(listener.addr);
      await using accepted = await listener.accept();
      assert.equal(conn.remoteAddr.path, path);
      assert.equal(accepted.localAddr.path, path);
      await listener.close();
      assert.equal(existsSync(path), false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("Listener", () => {
  it("serves those who wait to accept in order", async () => {
    await using listener = await listen(":0");
    const first = listener.accept();
    const second = listener.accept();
    const a = await dial(listener.addr);
    const b = await dial(listener.addr);
    assert.equal(String((await first).remoteAddr), String(a.localAddr));
    assert.equal(String((await second).remoteAddr), String(b.localAddr));
    await Promise.all([a.close(), b.close(), (await first).close(), (await second).close()]);
  });

  it("forgets an accept that was called off", async () => {
    await using listener = await listen(":0");
    const controller = new AbortController();
    const called = listener.accept({ signal: controller.signal });
    controller.abort(new Error("off"));
    await assert.rejects(called, { message: "off" });
    await assert.rejects(listener.accept({ signal: controller.signal }), { message: "off" });
    await using conn = await dial(listener.addr);
    await using accepted = await listener.accept();
    assert.equal(String(accepted.remoteAddr), String(conn.localAddr));
  });

  it("resets what goes beyond the backlog, and counts it", () =>
    withoutLeaks(async () => {
      const listener = await listen(":0", { backlog: 2 });
      const conns = await Promise.all(Array.from({ length: 5 }, () => dial(listener.addr)));
      const outcomes = Promise.allSettled(conns.map((conn) => conn.read()));
      await until(() => listener.refused === 3);
      assert.equal(listener.waiting, 2);
      await listener.close();
      for (const outcome of await outcomes) assert.equal(outcome.status, "rejected");
      await Promise.all(conns.map((conn) => conn.close()));
    }));

  it("hands nothing out while suspended, and all of it in order afterwards", async () => {
    await using listener = await listen(":0");
    listener.suspend();
    const accepted: Conn[] = [];
    const loop = (async () => {
      for await (const conn of listener) accepted.push(conn);
    })();
    const conns = [await dial(listener.addr), await dial(listener.addr)];
    await until(() => listener.waiting === 2);
    assert.equal(accepted.length, 0);
    listener.resume();
    await until(() => accepted.length === 2);
    assert.deepEqual(
      accepted.map((conn) => String(conn.remoteAddr)),
      conns.map((conn) => String(conn.localAddr)),
    );
    await listener.close();
    await loop;
    await Promise.all([...accepted, ...conns].map((conn) => conn.close()));
  });

  it("turns away who accepts or dials once it is closed", async () => {
    const listener = await listen(":0");
    const waiting = listener.accept();
    const closing = listener.close();
    await assert.rejects(waiting, ClosedError);
    await assert.rejects(listener.accept(), ClosedError);
    await closing;
    await listener.close();
    await assert.rejects(dial(listener.addr), /ECONNREFUSED/);
  });

  it("loses only the connection whose handshake fails or takes too long", () =>
    withoutLeaks(async () => {
      const failures: BrokenError[] = [];
      const listener = await listen(":0", {
        tls: { cert, key, handshakeTimeout: 500 },
        onHandshakeFailed: (error) => failures.push(error),
      });
      const silent = await dial(listener.addr);
      const rubbish = await dial(listener.addr);
      await rubbish.write("this is no ClientHello\r\n\r\n");
      const [conn, accepted] = await Promise.all([dial(listener.addr, { tls: { ca: cert } }), listener.accept()]);
      await conn.write("hello");
      assert.equal(String(await accepted.read()), "hello");
      await until(() => failures.length === 2);
      assert.match(failures.map(String).join("\n"), /took longer than 500 ms/);
      assert.equal(await silent.read().catch(() => null), null);
      await Promise.all([silent, rubbish, conn, accepted].map((each) => each.close()));
      await listener.close();
    }));

  it("refuses a client without the certificate it asks for", async () => {
    const failures: BrokenError[] = [];
    const listener = await listen(":0", {
      tls: { cert, key, ca: cert, requestCert: true, maxVersion: "TLSv1.2" },
      onHandshakeFailed: (error) => failures.push(error),
    });
    await assert.rejects(dial(listener.addr, { tls: { ca: cert } }), /ECONNRESET/);
    await until(() => failures.length === 1);
    assert.match(failures[0]?.message ?? "", /certificate was refused/);
    await listener.close();
  });

  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    for (const requestCert of [false, true]) {
      const whose = requestCert ? "of clients with a certificate" : "of all clients";
      it(`resumes ${maxVersion} sessions ${whose}`, async () => {
        await using listener = await listen(":0", { tls: { cert, key, ca: cert, requestCert, maxVersion } });
        const connect = async (session?: Uint8Array): Promise<{ isReused: boolean; session: Uint8Array }> => {
          const tls = { ca: cert, cert, key, ...(session !== undefined && { session }) };
          const [client, server] = await Promise.all([dial(listener.addr, { tls }), listener.accept()]);
          const info = client.tls as TlsInfo;
          let ticket: Uint8Array | undefined = maxVersion === "TLSv1.2" ? info.socket.getSession() : undefined;
          info.socket.on("session", (given: Buffer) => (ticket ??= given));
          await server.write("x"); // the ticket comes before it
          await client.read();
          await Promise.all([client.close(), server.close()]);
          assert.equal(server.tls?.isSessionReused, client.tls?.isSessionReused);
          return { isReused: info.isSessionReused, session: ticket as Uint8Array };
        };
        const first = await connect();
        assert.equal(first.isReused, false);
        assert.equal((await connect(first.session)).isReused, true);
      });
    }
  }
});
