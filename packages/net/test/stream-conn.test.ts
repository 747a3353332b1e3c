import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { certificate, RawClient, withoutLeaks } from "@belfry/testkit";
import { dial } from "../src/dial.js";
import { BrokenError, ClosedError, DeadlineError } from "../src/errors.js";
import { lines } from "../src/lines.js";
import { listen } from "../src/listen.js";
import { StreamConn } from "../src/stream-conn.js";
import { FakeWire } from "./fake-wire.js";

const { cert, key } = certificate;

function make(): { wire: FakeWire; conn: StreamConn } {
  const wire = new FakeWire();
  return { wire, conn: new StreamConn(wire) };
}

function tick(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe("StreamConn.write()", () => {
  it("sends the first write of a tick at once and joins those behind it", async () => {
    const { wire, conn } = make();
    for (const text of ["a", "b", "c"]) await conn.write(text);
    await conn.write(Buffer.from("d"));
    assert.deepEqual(wire.writes, ["a"]);
    assert.equal(conn.bytesWritten, 4);
    assert.equal(conn.bytesQueued, 3);
    await tick();
    assert.deepEqual(wire.writes, ["a", "bcd"]);
    assert.equal(conn.bytesQueued, 0);
  });

  it("sends at once in each tick when nobody reads, or nothing more can be read", async () => {
    const { wire, conn } = make();
    for (const text of ["a", "b"]) {
      await conn.write(text);
      assert.equal(wire.writes.at(-1), text);
      await tick();
    }
    const end = conn.read();
    wire.sink?.onEnd();
    await end;
    for (const text of ["c", "d"]) {
      await conn.write(text);
      assert.equal(wire.writes.at(-1), text);
      await tick();
    }
  });

  it("sends what a loop over lines answers as one segment", async () => {
    const { wire, conn } = make();
    const loop = (async () => {
      for await (const line of lines(conn)) await conn.write(`${line.toUpperCase()}\n`);
    })();
    await tick();
    wire.arrive("one\ntwo\nthr");
    await tick();
    assert.deepEqual(wire.writes, ["ONE\nTWO\n"]);
    wire.arrive("ee\n");
    await tick();
    assert.deepEqual(wire.writes, ["ONE\nTWO\n", "THREE\n"]);
    wire.sink?.onEnd();
    await loop;
  });

  it("sends without waiting for the tick once much has gathered", async () => {
    const { wire, conn } = make();
    await conn.write("x");
    for (let i = 0; i < 20; i += 1) await conn.write("y".repeat(1000));
    assert.deepEqual(
      wire.writes.map((text) => text.length),
      [1, 17_000],
    );
    await conn.flush();
    assert.equal(wire.writes.join("").length, 20_001);
  });

  it("keeps order and bytes when text and arrays of all sizes are joined", async () => {
    const { wire, conn } = make();
    const parts = ["é", Buffer.from([0, 255]), "x".repeat(3000), Buffer.alloc(5000, 7), "", Buffer.alloc(0), "z"];
    await conn.write("first");
    const array = Buffer.from("mine");
    await conn.write(array);
    array.fill(0); // resolved: it is the caller's again
    for (const part of parts) void conn.write(part);
    await conn.flush();
    const expected = ["first", "mine", ...parts].map((part) => Buffer.from(part as string));
    assert.deepEqual(Buffer.from(wire.writes.join(""), "latin1"), Buffer.concat(expected));
  });

  it("waits above the high-water mark and goes on below it", async () => {
    const { wire, conn } = make();
    wire.isTaking = false;
    const stuck = conn.write("x");
    await conn.write("y".repeat(60_000));
    let isOver = false;
    const over = conn.write("z".repeat(10_000)).then(() => (isOver = true));
    await tick();
    assert.equal(isOver, false);
    wire.drain();
    await stuck;
    wire.drain();
    await over;
    assert.equal(conn.bytesQueued, 0);
  });

  it("keeps an array that the kernel did not take until it has", async () => {
    const { wire, conn } = make();
    wire.isTaking = false;
    let isFree = false;
    const written = conn.write(Buffer.alloc(10)).then(() => (isFree = true));
    await tick();
    assert.equal(isFree, false);
    wire.drain();
    await written;
  });

  it("loses nothing by an abort or a deadline of a wait", async () => {
    const { wire, conn } = make();
    wire.isTaking = false;
    const controller = new AbortController();
    const aborted = conn.write("a", { signal: controller.signal });
    controller.abort(new Error("off"));
    await assert.rejects(aborted, { message: "off" });
    const late = conn.flush();
    conn.setWriteDeadline(Date.now() - 1);
    await assert.rejects(late, DeadlineError);
    await assert.rejects(conn.write("not queued"), DeadlineError);
    conn.setWriteDeadline(null);
    wire.isTaking = true;
    wire.drain();
    await conn.write("b");
    await conn.flush();
    assert.equal(wire.writes.join(""), "ab");
  });
});

describe("StreamConn.read()", () => {
  it("stops the wire while nobody takes what came, and starts it for the next wait", async () => {
    const { wire, conn } = make();
    const first = conn.read();
    wire.arrive("a");
    assert.equal(String(await first), "a");
    wire.arrive("b".repeat(65_536));
    assert.deepEqual(wire.calls, ["readStart", "readStop"]);
    assert.equal((await conn.read())?.length, 65_536);
    const next = conn.read();
    assert.deepEqual(wire.calls, ["readStart", "readStop", "readStart"]);
    wire.arrive("c");
    assert.equal(String(await next), "c");
  });

  it("hands out what came before the connection broke", async () => {
    const { wire, conn } = make();
    const first = conn.read();
    wire.arrive("a");
    wire.arrive("b");
    wire.sink?.onReadError(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    assert.equal(String(await first), "a");
    assert.equal(String(await conn.read()), "b");
    await assert.rejects(conn.read(), { name: "BrokenError", op: "read", message: /ECONNRESET/ });
    await assert.rejects(conn.write("c"), { name: "BrokenError", op: "write", message: /ECONNRESET/ });
    await conn.closed;
  });
});

describe("StreamConn.close()", () => {
  it("flushes, then releases the wire", async () => {
    const { wire, conn } = make();
    const reading = conn.read();
    await conn.write("a");
    await conn.write("b");
    const closing = conn.close();
    await assert.rejects(reading, ClosedError);
    await closing;
    assert.deepEqual(wire.writes, ["a", "b"]);
    assert.equal(wire.calls.at(-1), "close");
    await assert.rejects(conn.write("c"), ClosedError);
    await assert.rejects(conn.read(), ClosedError);
  });

  it("gives up at the write deadline, and lets the peer know that something is missing", async () => {
    const { wire, conn } = make();
    wire.isTaking = false;
    void conn.write("stuck").catch(() => {});
    conn.setWriteDeadline(Date.now() + 10);
    await conn.close();
    assert.equal(wire.calls.at(-1), "reset");
  });

  it("releases by itself once both halves have ended", async () => {
    const { wire, conn } = make();
    const end = conn.read();
    wire.sink?.onEnd();
    assert.equal(await end, null);
    assert.equal(wire.calls.includes("close"), false);
    await conn.closeWrite();
    await conn.closed;
    assert.equal(wire.calls.at(-1), "close");
  });

  it("does not cost the peer the answer when its input was not read", () =>
    withoutLeaks(async () => {
      const listener = await listen(":0");
      const client = await RawClient.connect(listener.addr);
      const conn = await listener.accept();
      client.socket.write("x".repeat(200_000));
      await conn.read({ max: 1 });
      const answer = "y".repeat(3_000_000);
      await conn.write(answer);
      const [received] = await Promise.all([client.takeAll(), conn.close()]);
      assert.equal(received.length, answer.length);
      await client.close();
      await listener.close();
    }));
});

describe("StreamConn.startTls()", () => {
  it("goes over to TLS on both ends of a connection that was in use", async () => {
    await using listener = await listen(":0");
    const [client, server] = await Promise.all([dial(listener.addr), listener.accept()]);
    await client.write("STARTTLS\n");
    assert.equal(String(await server.read()), "STARTTLS\n");
    await server.write("go ahead\n");
    const upgrading = server.startTls({ isServer: true, cert, key });
    assert.equal(String(await client.read()), "go ahead\n");
    await using secured = await client.startTls({ ca: cert, servername: "localhost" });
    await using accepted = await upgrading;
    await secured.write("secret");
    assert.equal(String(await accepted.read()), "secret");
    assert.equal(secured.tls?.isAuthorized, true);
    assert.equal(client.tls, null);
    await assert.rejects(client.write("x"), ClosedError);
    await assert.rejects(server.read(), ClosedError);
  });

  it("leaves the first Conn as a hand on the second, for who ends or counts it", async () => {
    await using listener = await listen(":0");
    const [client, server] = await Promise.all([dial(listener.addr), listener.accept()]);
    await client.write("in the clear");
    await server.read();
    const [secured, accepted] = await Promise.all([
      client.startTls({ ca: cert, servername: "localhost" }),
      server.startTls({ isServer: true, cert, key }),
    ]);
    await secured.write("secret");
    await accepted.read();
    assert.equal(server.bytesRead, "in the clear".length + "secret".length);
    assert.equal(client.bytesWritten, "in the clear".length + "secret".length);
    await server.close();
    await accepted.closed;
    assert.equal(await secured.read(), null);
    client.abort();
    await secured.closed;
    await client.closed;
  });

  it("refuses what was sent in the clear behind the last message", async () => {
    await using listener = await listen(":0");
    const [client, server] = await Promise.all([dial(listener.addr), listener.accept()]);
    await client.write("STARTTLS\r\nRCPT TO:<injected>\r\n");
    const line = await server.read({ max: 10 });
    assert.equal(String(line), "STARTTLS\r\n");
    await assert.rejects(server.startTls({ isServer: true, cert, key }), {
      name: "BrokenError",
      message: /bytes had already arrived in the clear/,
    });
    await assert.rejects(client.read(), BrokenError);
    await client.close();
  });

  it("finds the handshake that the client has begun before it was called", async () => {
    await using listener = await listen(":0");
    const [client, server] = await Promise.all([dial(listener.addr), listener.accept()]);
    const upgrading = client.startTls({ ca: cert, servername: "localhost" });
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await using accepted = await server.startTls({ isServer: true, cert, key });
    await using secured = await upgrading;
    await secured.write("secret");
    assert.equal(String(await accepted.read()), "secret");
  });

  for (const way of ["abort", "close"] as const) {
    it(`gives up the handshake under way on ${way}()`, () =>
      withoutLeaks(async () => {
        const listener = await listen(":0");
        const [client, server] = await Promise.all([dial(listener.addr), listener.accept()]);
        const upgrading = server.startTls({ isServer: true, cert, key, handshakeTimeout: 60_000 });
        const outcome = assert.rejects(upgrading, ClosedError);
        await new Promise((resolve) => setImmediate(resolve));
        await Promise.all([outcome, server[way](), server.closed]);
        await client.read().catch(() => null);
        await client.close();
        await listener.close();
      }));
  }
});
