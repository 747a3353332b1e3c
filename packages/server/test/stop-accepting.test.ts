import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { connect as connectTls } from "node:tls";
import { dial } from "@belfry/net";
import { certificate, until } from "@belfry/testkit";
import type { Service } from "../src/index.js";
import { serve } from "../src/index.js";

const echo: Service = async (conn) => {
  for await (const bytes of conn) await conn.write(bytes);
};

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

async function says(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return String((await once(socket, "data"))[0]);
}

describe("Server.stopAccepting()", () => {
  it("refuses new dials and goes on with those it has, until they end", async () => {
    const server = await serve({ port: 0 }, echo);
    const socket = await connected(server.addr.port);
    await until(() => server.size === 1);
    await server.stopAccepting();
    await assert.rejects(connected(server.addr.port), { code: "ECONNREFUSED" });
    assert.equal(await says(socket, "still here"), "still here");
    assert.equal(server.state, "serving");
    socket.end();
    await once(socket.resume(), "end");
    assert.deepEqual(await server.shutdown(), { drained: 0, cut: 0 });
  });

  it("serves those in the waiting room, and those that waited for accept while it was suspended", async () => {
    const server = await serve({ port: 0, maxConns: 1 }, echo);
    const first = await connected(server.addr.port);
    const second = await connected(server.addr.port);
    await until(() => server.waiting === 1);
    server.suspend();
    const third = await connected(server.addr.port);
    const stopped = server.stopAccepting();
    server.resume();
    await stopped;
    for (const socket of [first, second, third]) {
      assert.equal(await says(socket, "hello"), "hello");
      socket.destroy();
    }
    await until(() => server.size === 0);
    await server.shutdown();
    assert.equal(server.counters.connections_refused_total.draining, 0);
  });

  it("resets nobody whom the runtime has accepted, in the middle of a rush", async () => {
    const server = await serve({ port: 0 }, echo);
    const sockets: Socket[] = [];
    let answers = 0;
    for (let count = 0; count < 200; count += 1) {
      const socket = connect(server.addr.port, "127.0.0.1");
      // Who comes too late is refused or reset by the kernel: nobody else listens on this socket.
      socket.on("error", () => {}).on("data", () => (answers += 1));
      socket.write("hello");
      sockets.push(socket);
    }
    await until(() => server.counters.connections_accepted_total > 20);
    await server.stopAccepting();
    await until(() => answers === server.counters.connections_accepted_total);
    for (const socket of sockets) socket.destroy();
    await server.shutdown();
    assert.equal(server.counters.connections_refused_total.draining, 0);
  });

  it("waits for TLS handshakes that are under way", async () => {
    const { cert, key } = certificate;
    const server = await serve({ port: 0, tls: { cert, key } }, echo);
    const raw = await connected(server.addr.port);
    // Accepted later, so that the other one is with the listener when this one is served.
    const other = await dial(server.addr, { tls: { ca: cert } });
    await until(() => server.size === 1);
    const stopped = server.stopAccepting();
    const late = connectTls({ socket: raw, ca: cert, host: "localhost" });
    await once(late, "secureConnect");
    assert.equal(await says(late, "hello"), "hello");
    await stopped;
    late.destroy();
    await other.close();
    await server.shutdown();
  });

  it("resolves when the server is closed meanwhile", async () => {
    const server = await serve({ port: 0 }, echo);
    server.suspend();
    const socket = await connected(server.addr.port);
    const reset = once(socket, "error");
    const stopped = server.stopAccepting();
    await server.close();
    await stopped;
    await reset;
  });
});
