import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ask, connected, gone, withHost } from "./host-process.js";
import { startLoad } from "./load.js";

const ECHO = { use: "echo", listen: "127.0.0.1:0" };
const TWO = { workers: 2, shutdownTimeout: "2s", services: { echo: ECHO } };

/** A config whose service stands in it. */
function codeConfig(name: string, body: string): string {
  return `export default { services: { ${name}: { listen: "127.0.0.1:0", use: async (conn) => { await ${body}; } } } };\n`;
}

describe("supervise()", () => {
  it("serves from all workers on one socket, drains at a signal, and ends with 0", () =>
    withHost({ config: TWO }, async (host) => {
      const port = await host.port("echo");
      const sockets = await Promise.all(Array.from({ length: 40 }, () => connected(port)));
      for (const socket of sockets) assert.equal(await ask(socket, "hello"), "hello");
      const { workers, services } = await host.status();
      assert.deepEqual(
        workers.map(({ number, state }) => [number, state]),
        [
          [1, "serving"],
          [2, "serving"],
        ],
      );
      assert.equal(services[0]?.counters.connections_open, 40);
      assert.equal(host.process.stderr().match(/listening on/g)?.length, 1);
      assert.equal(
        workers.reduce((sum, { connections }) => sum + connections, 0),
        40,
      );
      host.process.child.kill("SIGTERM");
      await host.process.says(/^shutting down$/m);
      await assert.rejects(connected(port), { code: "ECONNREFUSED" });
      const { status, stderr } = await host.process.ended;
      assert.equal(status, 0);
      assert.match(stderr, /connections drained: 40, cut: 0\nall done\n$/);
      assert.equal(existsSync(join(host.directory, "c.sock")), false);
    }));

  it("ends at once at a second signal, with 1 when it cut somebody", () =>
    withHost(
      {
        config: { ...TWO, shutdownTimeout: "1m", services: { stuck: { use: "./stuck.mjs", listen: "127.0.0.1:0" } } },
        files: { "stuck.mjs": "export default () => new Promise(() => {});\n" },
      },
      async (host) => {
        const socket = await connected(await host.port("stuck"));
        const reset = once(socket, "error");
        await host.until(({ services }) => services[0]?.counters.connections_open === 1);
        host.process.child.kill("SIGTERM");
        await host.process.says(/shutting down/);
        host.process.child.kill("SIGTERM");
        await reset;
        const { status, stderr } = await host.process.ended;
        assert.equal(status, 1);
        assert.match(stderr, /drained: 0, cut: 1/);
      },
    ));

  it("replaces a worker that is killed within a second, whatever has become of the file, and the others do not notice", () =>
    withHost({ config: TWO }, async (host) => {
      const port = await host.port("echo");
      const sockets = await Promise.all(Array.from({ length: 20 }, () => connected(port)));
      for (const socket of sockets) await ask(socket, "hello");
      const { workers } = await host.status();
      const victim = [...workers].sort((a, b) => a.connections - b.connections)[0];
      const closed = new Set<number>();
      for (const [at, socket] of sockets.entries()) socket.on("error", () => {}).once("close", () => closed.add(at));
      host.write("belfry.config.json", "{ not even JSON");
      process.kill(victim?.pid as number, "SIGKILL");
      const killedAt = Date.now();
      await host.process.says(/worker \d+ \(process \d+\) ended unasked: SIGKILL/);
      await host.process.says(/worker 3 serves/);
      assert.ok(Date.now() - killedAt < 2000, `${Date.now() - killedAt} ms`);
      const status = await host.until(({ workers: now }) => now.length === 2);
      assert.deepEqual(
        new Set(status.workers.map(({ number }) => number)),
        new Set([1, 2, 3].filter((number) => number !== victim?.number)),
      );
      assert.equal(status.crashes, 1);
      assert.equal(status.isReady, true);
      for (const [at, socket] of sockets.entries()) if (!closed.has(at)) assert.equal(await ask(socket, "on"), "on");
      assert.equal(closed.size, victim?.connections);
      assert.equal(status.services[0]?.counters.connections_accepted_total, 20);
      for (const socket of sockets) socket.destroy();
    }));

  it("replaces a worker of a config with code in it only by what was accepted", () =>
    withHost(
      {
        configFile: "belfry.config.mjs",
        files: { "belfry.config.mjs": codeConfig("echo", 'conn.write("one")') },
      },
      async (host) => {
        const port = await host.port("echo");
        assert.equal(String((await once(await connected(port), "data"))[0]), "one");
        host.write("belfry.config.mjs", codeConfig("other", 'conn.write("two")'));
        const { workers } = await host.status();
        process.kill(workers[0]?.pid as number, "SIGKILL");
        await host.process.says(/worker 2 .*could not start: .*belfry\.config\.mjs has changed since/);
        assert.equal((await host.status()).isReady, false);
        host.write("belfry.config.mjs", codeConfig("echo", 'conn.write("three")'));
        await host.until(({ isReady }) => isReady);
        assert.equal(String((await once(await connected(port), "data"))[0]), "three");
      },
    ));

  it("serves new connections without a failure while workers are killed one after the other", () =>
    withHost({ config: TWO }, async (host) => {
      const load = startLoad(await host.port("echo"), 20, 1);
      for (let round = 0; round < 2; round += 1) {
        const { workers, crashes } = await host.status();
        process.kill(workers[0]?.pid as number, "SIGKILL");
        await host.until((now) => now.crashes === crashes + 1 && now.workers.length === 2);
        const before = load.requests();
        await host.until(() => load.requests() > before + 200);
      }
      await load.stop();
      // Only those that were being served by the one that died.
      assert.ok(load.failures.length <= 40, load.failures.slice(0, 3).join("; "));
      assert.equal(load.failures.filter((failure) => failure.includes("REFUSED")).length, 0);
    }));

  it("waits longer and longer to replace workers that keep dying", () =>
    withHost(
      {
        config: { workers: 1, services: { fragile: { use: "./fragile.mjs", listen: "127.0.0.1:0" } } },
        files: { "fragile.mjs": "export default () => { process.exit(3); };\n" },
      },
      async (host) => {
        const port = await host.port("fragile");
        for (let crash = 1; crash <= 4; crash += 1) {
          const socket = await connected(port);
          await once(
            socket.on("error", () => {}),
            "close",
          );
          await host.until(({ crashes, isReady }) => crashes === crash && isReady);
        }
        const waits = [...host.process.stderr().matchAll(/ended unasked: status 3.*?(?:starts in (\d+) ms)?$/gm)];
        assert.deepEqual(
          waits.map(([, wait]) => wait),
          [undefined, "100", "200", "400"],
        );
      },
    ));

  it("is not ready while no worker serves", () =>
    withHost(
      {
        config: { workers: 1, services: { fragile: { use: "./fragile.mjs", listen: "127.0.0.1:0" } } },
        files: { "fragile.mjs": "export default () => { process.exit(3); };\n" },
      },
      async (host) => {
        const port = await host.port("fragile");
        assert.equal((await host.get("/readyz")).status, 200);
        host.write("fragile.mjs", "throw new Error('it is broken now');\n");
        await once(
          (await connected(port)).on("error", () => {}),
          "close",
        );
        await host.process.says(/could not start: .*it is broken now/);
        assert.equal((await host.get("/readyz")).status, 503);
        assert.equal((await host.get("/healthz")).status, 200);
        const { services, workers, plannedWorkers } = await host.until(({ nextStartAt }) => nextStartAt !== null);
        assert.deepEqual([services[0]?.state, workers, plannedWorkers], ["down", [], 1]);
        assert.match((await host.get("/metrics")).body, /^belfry_service_serving\{service="fragile"\} 0$/m);
        host.write("fragile.mjs", "export default (conn) => conn.write('well');\n");
        const well = await host.until(({ isReady }) => isReady);
        assert.deepEqual([well.services[0]?.state, well.nextStartAt], ["serving", null]);
      },
    ));

  it("ends workers whose supervisor was killed, when their connections have ended", () =>
    withHost({ config: TWO }, async (host) => {
      const socket = await connected(await host.port("echo"));
      await ask(socket, "hello");
      const { workers } = await host.status();
      host.process.child.kill("SIGKILL");
      await once(socket.resume(), "end");
      await Promise.all(workers.map(({ pid }) => gone(pid)));
    }));

  it("does not start when a worker cannot: a module that throws", () =>
    withHost(
      {
        config: { services: { broken: { use: "./broken.mjs", listen: "127.0.0.1:0" } } },
        files: { "broken.mjs": "throw new Error('no luck');\n" },
      },
      async (host) => {
        const { status, stderr } = await host.process.ended;
        assert.equal(status, 1);
        assert.match(stderr, /^belfry: .*broken.*no luck/m);
        assert.doesNotMatch(stderr, /listening/);
      },
    ));

  it("is not ready first, and accepts on for the drain delay", () =>
    withHost({ config: { ...TWO, drainDelay: "500ms" } }, async (host) => {
      const port = await host.port("echo");
      host.process.child.kill("SIGTERM");
      await host.process.says(/not ready any more/);
      assert.equal((await host.get("/readyz")).status, 503);
      const socket = await connected(port);
      assert.equal(await ask(socket, "late"), "late");
      socket.end();
      await host.process.says(/shutting down/);
      await assert.rejects(connected(port), { code: "ECONNREFUSED" });
    }));
});
