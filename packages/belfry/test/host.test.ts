import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import { echo, reverb } from "@belfry/reverb";
import type { Server, Service } from "@belfry/server";
import { type Hosted, host } from "../src/host.js";
import type { HostOptions } from "../src/options/server-options.js";
import { memoryIo } from "./memory-io.js";

const OPTIONS: HostOptions = { logFormat: "text", logLevel: "info", shutdownTimeout: 400 };
const ANYWHERE = { host: "127.0.0.1", port: 0 } as const;

async function connected(server: Server): Promise<Socket> {
  const socket = connect(server.addr.port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

/** Hosts services in this process until it is told to end. */
async function hosting(services: readonly Hosted[]): Promise<{ servers: readonly Server[]; ended: Promise<string[]> }> {
  const { io, stderr } = memoryIo();
  let ended: Promise<string[]> | undefined;
  const servers = await new Promise<readonly Server[]>((resolve, reject) => {
    const status = host(services, OPTIONS, io, resolve);
    ended = status.then((code) => [...stderr().trimEnd().split("\n"), `status ${code}`]);
    ended.catch(reject);
  });
  return { servers, ended: ended as Promise<string[]> };
}

describe("host()", () => {
  it("lets the idle and the busy finish at a signal, resets the stuck at the timeout, and tells the counts", async () => {
    const stuck: Service = () => new Promise(() => {});
    const { servers, ended } = await hosting([
      { name: "echo", address: ANYWHERE, service: echo() },
      { name: "reverb", address: ANYWHERE, service: reverb({ delay: 50 }) },
      { name: "stuck", address: ANYWHERE, service: stuck },
    ]);
    const [idle, busy, held] = (await Promise.all(servers.map(connected))) as [Socket, Socket, Socket];
    let heard = "";
    busy.on("data", (data) => (heard += String(data)));
    busy.write("Hello?\n");
    const reset = once(held, "error");
    await Promise.all([once(busy, "data"), waitFor(servers, 3)]);
    idle.resume();
    process.emit("SIGTERM");
    const lines = await ended;
    assert.equal(((await reset) as [NodeJS.ErrnoException])[0].code, "ECONNRESET");
    assert.equal(heard, "\t HELLO?\n\t Hello?\n\t hello?\n");
    assert.ok(lines.includes("shutting down"));
    assert.deepEqual(lines.slice(-3), ["connections drained: 2, cut: 1", "all done", "status 1"]);
  });

  it("tells of a service that throws and serves the others", async () => {
    const { servers, ended } = await hosting([
      {
        name: "fragile",
        address: ANYWHERE,
        service: async (conn) => {
          const bytes = await conn.read();
          if (String(bytes) === "break") throw new Error("it broke\nin two");
          await conn.write("fine");
        },
      },
    ]);
    const [server] = servers as [Server];
    const [bad, good] = [await connected(server), await connected(server)];
    bad.end("break");
    await once(bad, "error");
    good.end("hold");
    assert.equal(String((await once(good, "data"))[0]), "fine");
    await once(good, "close");
    process.emit("SIGTERM");
    const lines = await ended;
    assert.equal(
      lines.filter((line) => /^fragile#1 failed \(127\.0\.0\.1:\d+\): it broke in two$/.test(line)).length,
      1,
    );
    assert.equal(lines.at(-1), "status 0");
  });

  it("runs nothing when one of its services cannot listen", async () => {
    const { servers, ended } = await hosting([{ name: "first", address: ANYWHERE, service: echo() }]);
    const [first] = servers as [Server];
    const taken = { host: "127.0.0.1", port: first.addr.port };
    const again = hosting([
      { name: "second", address: ANYWHERE, service: echo() },
      { name: "third", address: taken, service: echo() },
    ]);
    await assert.rejects(again, (error: AggregateError) => {
      assert.deepEqual(error.errors.length, 1);
      assert.match((error.errors[0] as Error).message, /EADDRINUSE/);
      return true;
    });
    process.emit("SIGINT");
    assert.equal((await ended).at(-1), "status 0");
  });
});

/** Resolves once `count` connections are served. */
async function waitFor(servers: readonly Server[], count: number): Promise<void> {
  while (servers.reduce((sum, { size }) => sum + size, 0) < count)
    await new Promise((resolve) => setImmediate(resolve));
}
