import assert from "node:assert/strict";
import * as nodeNet from "node:net";
import { describe, it } from "node:test";
import { certificate, withoutLeaks } from "@belfry/testkit";
import { BrokenError, DeadlineError } from "../src/errors.js";
import { dial } from "../src/dial.js";
import { listen } from "../src/listen.js";

const { cert, key } = certificate;

describe("dial", () => {
  it("connects, and names both ends", async () => {
    await using listener = await listen("127.0.0.1:0");
    await using conn = await dial(listener.addr);
    await using accepted = await listener.accept();
    assert.equal(String(conn.remoteAddr), String(listener.addr));
    assert.equal(String(accepted.remoteAddr), String(conn.localAddr));
    assert.equal(String(accepted.localAddr), String(listener.addr));
    assert.equal(conn.tls, null);
  });

  it("connects to a name", async () => {
    await using listener = await listen("127.0.0.1:0");
    await using conn = await dial({ host: "localhost", port: listener.addr.port });
    assert.equal(conn.remoteAddr.host, "127.0.0.1");
  });

  it("dials from the address it is given", async () => {
    await using listener = await listen("127.0.0.1:0");
    await using conn = await dial(listener.addr, { localAddr: { host: "127.0.0.9" } });
    assert.equal(conn.localAddr.host, "127.0.0.9");
  });

  it("says that nobody listens", async () => {
    const listener = await listen("127.0.0.1:0");
    await listener.close();
    const { port } = listener.addr;
    await assert.rejects(dial({ port }), {
      name: "BrokenError",
      op: "dial",
      message: `Cannot dial 127.0.0.1:${port}: ECONNREFUSED connection refused`,
    });
  });

  it("says that a name does not resolve", async () => {
    await assert.rejects(dial("no.such.name.invalid:80"), {
      name: "BrokenError",
      message: /^Cannot dial no\.such\.name\.invalid:80: E/,
    });
  });

  it("says that there is no such Unix socket", async () => {
    await assert.rejects(dial("unix:/no/such/socket"), {
      message: "Cannot dial unix:/no/such/socket: ENOENT no such file or directory",
    });
  });

  it("gives up after the timeout, and with the signal's reason", () =>
    withoutLeaks(async () => {
      // Accepts in the kernel and never shakes hands.
      const silent = nodeNet.createServer({ pauseOnConnect: true });
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      const sockets: nodeNet.Socket[] = [];
      silent.on("connection", (socket) => sockets.push(socket));
      const { port } = silent.address() as nodeNet.AddressInfo;
      await assert.rejects(dial({ port }, { tls: true, timeout: 20 }), DeadlineError);
      const reason = new Error("enough");
      const controller = new AbortController();
      const waiting = dial({ port }, { tls: true, signal: controller.signal });
      controller.abort(reason);
      await assert.rejects(waiting, (error) => error === reason);
      await assert.rejects(dial({ port }, { signal: controller.signal }), (error) => error === reason);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => silent.close(resolve));
    }));

  it("verifies the certificate and its name", async () => {
    await using listener = await listen("127.0.0.1:0", { tls: { cert, key } });
    const { addr } = listener;
    await assert.rejects(dial(addr, { tls: true }), (error: BrokenError) => {
      assert.match(error.message, /^Cannot dial 127\.0\.0\.1:\d+: DEPTH_ZERO_SELF_SIGNED_CERT /);
      return error instanceof BrokenError;
    });
    await assert.rejects(dial(addr, { tls: { ca: cert, servername: "wrong.example" } }), {
      name: "BrokenError",
      message: /ERR_TLS_CERT_ALTNAME_INVALID.*wrong\.example/,
    });
  });

  it("says what is wrong with a peer that speaks no TLS, in one line", async () => {
    await using listener = await listen("127.0.0.1:0");
    const answered = listener.accept().then(async (conn) => {
      await conn.write("220 in the clear\r\n");
      return conn;
    });
    await assert.rejects(dial(listener.addr, { tls: true }), {
      name: "BrokenError",
      message: /^Cannot dial 127\.0\.0\.1:\d+: ERR_SSL_\w+ [a-z0-9 ]+$/,
    });
    await (await answered).close();
  });

  it("says what TLS agreed on", async () => {
    await using listener = await listen("127.0.0.1:0", { tls: { cert, key, alpnProtocols: ["b", "a"] } });
    const [conn, accepted] = await Promise.all([
      dial(
        { host: "localhost", port: listener.addr.port },
        { tls: { ca: cert, alpnProtocols: ["a", "c"], maxVersion: "TLSv1.2" } },
      ),
      listener.accept(),
    ]);
    assert.equal(conn.tls?.protocol, "TLSv1.2");
    assert.equal(conn.tls?.alpnProtocol, "a");
    assert.equal(conn.tls?.isAuthorized, true);
    assert.equal(accepted.tls?.servername, "localhost");
    assert.equal(accepted.tls?.alpnProtocol, "a");
    assert.equal(accepted.tls?.peerCertificate, null);
    await Promise.all([conn.close(), accepted.close()]);
  });

  it("shows its certificate to a server that asks", async () => {
    await using listener = await listen("127.0.0.1:0", { tls: { cert, key, ca: cert, requestCert: true } });
    const [conn, accepted] = await Promise.all([
      dial(listener.addr, { tls: { ca: cert, cert, key } }),
      listener.accept(),
    ]);
    assert.equal(accepted.tls?.isAuthorized, true);
    assert.notEqual(accepted.tls?.peerCertificate, null);
    await Promise.all([conn.close(), accepted.close()]);
  });
});
