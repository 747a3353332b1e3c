import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { ask, connected, type TestHost, withHost } from "./host-process.js";

/** Says its number and how many it serves with others of its process, and then what it hears. */
const HELD = "export default async (conn) => { await conn.write('served\\n'); for await (const _ of conn); };\n";
const LIMITED = { use: "./held.mjs", listen: "127.0.0.1:0" };
const FILES = { "held.mjs": HELD };

/** Connections, and which of them are served. */
async function crowd(port: number, count: number): Promise<{ sockets: Socket[]; served: Set<Socket> }> {
  const served = new Set<Socket>();
  const dial = async (): Promise<Socket> => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => served.add(socket)).on("close", () => served.delete(socket));
    // One that is turned away is reset: on a busy machine before it knows that it was connected.
    socket.on("error", () => {});
    await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
    return socket;
  };
  const sockets = await Promise.all(Array.from({ length: count }, dial));
  return { sockets, served };
}

function open(host: TestHost): Promise<number> {
  return host.status().then(({ services }) => services[0]?.counters.connections_open ?? Number.NaN);
}

describe("limits over all workers", () => {
  it("serve exactly maxConns, the next one as soon as one ends, whichever worker has whom", () =>
    withHost(
      { config: { workers: 2, services: { held: { ...LIMITED, maxConns: 5 } } }, files: FILES },
      async (host) => {
        const { sockets, served } = await crowd(await host.port("held"), 30);
        for (let left = 30; left > 0; left -= 1) {
          const expected = Math.min(5, left);
          await host.until(
            ({ services }) => services[0]?.counters.connections_open === expected && served.size === expected,
          );
          const [next] = served;
          next?.destroy();
          served.delete(next as Socket);
          assert.ok((await open(host)) <= 5);
        }
        for (const socket of sockets) socket.destroy();
      },
    ));

  it("turn away who may not wait only when no place is free in any worker", () =>
    withHost(
      { config: { workers: 3, services: { held: { ...LIMITED, maxConns: 4, maxWaiting: 0 } } }, files: FILES },
      async (host) => {
        const port = await host.port("held");
        const first = await crowd(port, 4);
        await host.until(() => first.served.size === 4);
        const late = await crowd(port, 10);
        await host.until(({ services }) => services[0]?.counters.connections_refused_total.policy === 10);
        assert.equal(late.served.size, 0);
        // Whoever has it dies, and its places are free at once.
        const { workers } = await host.status();
        const [victim] = workers.toSorted((a, b) => b.connections - a.connections);
        process.kill(victim?.pid as number, "SIGKILL");
        await host.until(({ crashes }) => crashes === 1);
        const more = await crowd(port, 10);
        await host.until(() => more.served.size === victim?.connections);
        assert.equal(await open(host), 4);
        for (const socket of [...first.sockets, ...more.sockets]) socket.destroy();
      },
    ));

  it("hold while a worker is killed, and its places are free at once", () =>
    withHost(
      { config: { workers: 2, services: { held: { ...LIMITED, maxConns: 6 } } }, files: FILES },
      async (host) => {
        const port = await host.port("held");
        const { sockets, served } = await crowd(port, 20);
        await host.until(() => served.size === 6);
        const { workers } = await host.status();
        const victim = [...workers].sort((a, b) => b.connections - a.connections)[0];
        process.kill(victim?.pid as number, "SIGKILL");
        await host.until(({ crashes }) => crashes === 1);
        // It may have had nearly all who waited, too.
        const more = await crowd(port, 20);
        await host.until(() => served.size + more.served.size === 6);
        assert.equal(await open(host), 6);
        for (const socket of [...sockets, ...more.sockets]) socket.destroy();
      },
    ));

  it("hold through a reload, old and new workers together", () =>
    withHost(
      { config: { workers: 2, shutdownTimeout: "5s", services: { held: { ...LIMITED, maxConns: 4 } } }, files: FILES },
      async (host) => {
        const port = await host.port("held");
        const old = await crowd(port, 4);
        await host.until(() => old.served.size === 4);
        host.process.child.kill("SIGHUP");
        await host.until(({ reloads }) => reloads.succeeded === 1);
        const young = await crowd(port, 4);
        await host.until(({ services }) => services[0]?.counters.connections_waiting === 4);
        assert.deepEqual([await open(host), young.served.size], [4, 0]);
        for (const socket of old.sockets.slice(0, 3)) socket.destroy();
        await host.until(() => young.served.size === 3);
        assert.equal(await open(host), 4);
        for (const socket of [...old.sockets, ...young.sockets]) socket.destroy();
      },
    ));

  it("count the connections of one address", () =>
    withHost(
      { config: { workers: 2, services: { held: { ...LIMITED, maxConnsPerAddress: 3 } } }, files: FILES },
      async (host) => {
        const port = await host.port("held");
        const { sockets, served } = await crowd(port, 12);
        await host.until(({ services }) => {
          const { connections_refused_total: refused } = services[0]?.counters ?? {};
          return served.size === 3 && (refused?.policy ?? 0) + (refused?.address ?? 0) === 9;
        });
        const other = connect({ port, host: "127.0.0.1", localAddress: "127.0.0.2" });
        await once(other, "data");
        const [first] = served;
        first?.destroy();
        await host.until(({ services }) => services[0]?.counters.connections_open === 3);
        const again = await crowd(port, 1);
        await host.until(() => again.served.size === 1);
        for (const socket of [...sockets, ...again.sockets, other]) socket.destroy();
      },
    ));

  it("are told to FTP clients in their own words", () =>
    withHost(
      { config: { workers: 2, services: { ftp: { use: "ftp", listen: "127.0.0.1:0", maxConns: 3 } } } },
      async (host) => {
        const port = await host.port("ftp");
        const greetings: string[] = [];
        const sockets: Socket[] = [];
        for (let count = 0; count < 8; count += 1) {
          const socket = await connected(port);
          sockets.push(socket);
          greetings.push(String((await once(socket, "data"))[0]).slice(0, 3));
        }
        assert.deepEqual(greetings.sort(), ["220", "220", "220", "421", "421", "421", "421", "421"]);
        for (const socket of sockets) socket.destroy();
        await host.until(({ services }) => services[0]?.counters.connections_open === 0);
        const socket = await connected(port);
        assert.match(String((await once(socket, "data"))[0]), /^220 /);
        assert.match(String(await ask(socket, "QUIT\r\n")), /^221 /);
      },
    ));
});
