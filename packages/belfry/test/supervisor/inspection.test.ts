import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import type { ConnectionPage } from "../../src/inspect/host-view.js";
import { ask, connected, control, withHost } from "./host-process.js";

const ECHO = { use: "echo", listen: "127.0.0.1:0" };
const TWO = { workers: 2, shutdownTimeout: "1s", services: { echo: ECHO } };

describe("a host and its workers, looked at together", () => {
  it("lists the connections of all workers in one order, and kicks one of them", () =>
    withHost({ config: TWO }, async (host) => {
      const port = await host.port("echo");
      const sockets = await Promise.all(Array.from({ length: 30 }, () => connected(port)));
      for (const [at, socket] of sockets.entries()) await ask(socket, "x".repeat(at + 1));
      const page = (await control(host, { command: "connections", order: "read", limit: 10 })) as ConnectionPage;
      assert.equal(page.total, 30);
      assert.deepEqual(
        page.connections.map(({ bytesRead }) => bytesRead),
        Array.from({ length: 10 }, (_, at) => 30 - at),
      );
      const [largest] = page.connections;
      assert.match(String(largest?.id), /^echo#[12]-\d+$/);
      const reset = once(sockets[29] as NodeJS.EventEmitter, "error");
      assert.equal(await control(host, { command: "kick", connection: largest?.id }), true);
      await reset;
      assert.equal(await control(host, { command: "kick", connection: largest?.id }), false);
      for (const socket of sockets) socket.destroy();
    }));

  it("suspends a service in all workers, also in one that takes the place of another", () =>
    withHost({ config: TWO }, async (host) => {
      const port = await host.port("echo");
      await control(host, { command: "suspend", service: "echo" });
      const { workers } = await host.status();
      process.kill(workers[0]?.pid as number, "SIGKILL");
      await host.until(({ crashes, workers: now }) => crashes === 1 && now.length === 2);
      const sockets = await Promise.all(Array.from({ length: 10 }, () => connected(port)));
      const answers = sockets.map((socket) => ask(socket, "hello"));
      const { services } = await host.status();
      assert.deepEqual([services[0]?.state, services[0]?.counters.connections_open], ["suspended", 0]);
      await assert.rejects(control(host, { command: "suspend", service: "eco" }), /did you mean "echo"\?/);
      await control(host, { command: "resume", service: "echo" });
      assert.deepEqual(new Set(await Promise.all(answers)), new Set(["hello"]));
      for (const socket of sockets) socket.destroy();
    }));

  it("has tasks, profiles and a heap snapshot of every worker", () =>
    withHost({ config: TWO }, async (host) => {
      const sockets = await Promise.all([1, 2, 3, 4].map(async () => connected(await host.port("echo"))));
      for (const socket of sockets) await ask(socket, "hello");
      const { body } = await host.get("/debug/pprof/goroutine?debug=2");
      for (const id of [1, 2]) assert.match(body, new RegExp(`\\b${id}\\b`));
      assert.match(body, /echo#[12]-\d+/);
      const base = await host.process.says(/debugging on (\S+)/);
      const profile = await fetch(new URL("/debug/pprof/profile?seconds=1", base[1]));
      assert.equal(profile.status, 200);
      assert.ok(gunzipSync(new Uint8Array(await profile.arrayBuffer())).length > 100);
      const snapshot = await fetch(new URL("/debug/pprof/heapsnapshot?worker=2", base[1]));
      assert.equal(snapshot.status, 200, await snapshot.clone().text());
      assert.ok(Array.isArray((JSON.parse(await snapshot.text()) as { nodes: unknown }).nodes));
      for (const socket of sockets) socket.destroy();
    }));

  it("answers while a worker does not", () =>
    withHost(
      {
        config: { ...TWO, services: { echo: ECHO, loop: { use: "./loop.mjs", listen: "127.0.0.1:0" } } },
        files: { "loop.mjs": "export default () => { for (;;); };\n" },
      },
      async (host) => {
        const [port, echoPort] = [await host.port("loop"), await host.port("echo")];
        const socket = await connected(port);
        await host.process.says(/worker \d+ \(process \d+\) does not answer/);
        const { workers, isReady } = await host.status();
        assert.equal(workers.length, 2);
        assert.equal(isReady, true);
        const other = await connected(echoPort);
        assert.equal(await ask(other, "hello"), "hello");
        other.destroy();
        socket.destroy();
      },
    ));
});
