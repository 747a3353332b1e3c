import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { runBelfry, startBelfry } from "../belfry-process.js";
import { startLoad } from "../supervisor/load.js";
import { ask, connected, control, greeting, lives, type TestHost, withHost } from "./hosts.js";
import { freePort } from "./free-port.js";
import { temporary } from "./temporary.js";

const ECHO = { use: "echo", listen: "127.0.0.1:0" };
const QUICK = { reloadGrace: "100ms", shutdownTimeout: "500ms" };
const TWO = { workers: 2, ...QUICK, services: { echo: ECHO } };
const SAY = "export const createService = (word) => (conn) => conn.write(word);\n";

function says(word: string, port: number): object {
  return { use: "./say.mjs", options: word, listen: `127.0.0.1:${port}` };
}

async function reload(host: TestHost, config: object): Promise<void> {
  host.write("belfry.config.json", config);
  await control(host, { command: "reload" });
}

describe("reloads that come at a bad time", () => {
  it("are few for 50 signals in a moment, and drop nobody", () =>
    withHost({ config: TWO }, async (host) => {
      const load = startLoad(await host.port("echo"), 10, 5);
      for (let count = 0; count < 50; count += 1) {
        host.process.child.kill("SIGHUP");
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      // The one that waited last has been done when the next one is.
      await control(host, { command: "reload" });
      const { reloads, generation } = await host.status();
      assert.ok(reloads.succeeded >= 2 && reloads.succeeded <= 10, JSON.stringify(reloads));
      assert.equal(reloads.failed, 0);
      assert.equal(generation, reloads.succeeded + 1);
      await load.stop();
      assert.deepEqual(load.failures, []);
      await host.until(({ workers }) => workers.length === 2);
    }));

  it("say so while the host goes down, which it does all the same", () =>
    withHost({ config: { ...TWO, drainDelay: "300ms" } }, async (host) => {
      const socket = await connected(await host.port("echo"));
      assert.equal(await ask(socket, "hello"), "hello");
      host.process.child.kill("SIGHUP");
      await host.process.says(/^reloading$/m);
      host.process.child.kill("SIGTERM");
      await host.process.says(/not ready any more/);
      await assert.rejects(control(host, { command: "reload" }), /Cannot reload: the host is draining/);
      host.process.child.kill("SIGHUP");
      const { workers } = await host.status();
      const { status, stderr } = await host.process.ended;
      assert.equal(status, 0, stderr);
      assert.match(stderr, /all done\n$/);
      for (const { pid } of workers) assert.equal(lives(pid), false);
      socket.destroy();
    }));
});

/** The second worker that loads it ends the first, which waits to serve; what loads first is the look at the configuration. */
const FRATRICIDE = `import { appendFileSync, readFileSync } from "node:fs";
const loads = new URL("./loads", import.meta.url);
appendFileSync(loads, process.pid + "\\n");
const pids = readFileSync(loads, "utf8").trim().split("\\n").map(Number);
if (pids.indexOf(process.pid) === 2) {
  process.kill(pids[1], "SIGKILL");
  for (;;) {
    try {
      process.kill(pids[1], 0);
    } catch {
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
export const createService = (word) => (conn) => conn.write(word);
`;

describe("a new worker that has loaded, and ends before it serves", () => {
  it("fails the reload, which changes nothing", () =>
    withHost(
      {
        config: { workers: 2, ...QUICK, services: { say: { ...ECHO, use: "./say.mjs", options: "well" } } },
        files: { "say.mjs": SAY },
      },
      async (host) => {
        const port = await host.port("say");
        host.write("say.mjs", FRATRICIDE);
        await assert.rejects(control(host, { command: "reload" }), /Worker \d+ ended with SIGKILL before it served/);
        const { generation, reloads, crashes, workers } = await host.status();
        assert.deepEqual([generation, reloads.failed, crashes], [1, 1, 0]);
        assert.deepEqual(
          workers.map(({ number, state }) => [number, state]),
          [
            [1, "serving"],
            [2, "serving"],
          ],
        );
        assert.equal(await greeting(port), "well");
        host.write("say.mjs", SAY);
        await control(host, { command: "reload" });
        const { workers: now } = await host.until((status) => status.workers.length === 2);
        assert.deepEqual(
          now.map((worker) => worker.generation),
          [2, 2],
        );
      },
    ));
});

describe("a config that turns things round", () => {
  it(
    "swaps two ports, renames, moves the control socket, and goes from 4 workers to 1",
    { timeout: 60_000 },
    async () => {
      const [a, b] = [await freePort(), await freePort()];
      const first = { workers: 4, ...QUICK, services: { one: says("one", a), two: says("two", b) } };
      await withHost({ config: first, files: { "say.mjs": SAY } }, async (host) => {
        await host.port("two");
        assert.deepEqual([await greeting(a), await greeting(b)], ["one", "two"]);
        await reload(host, { workers: 1, ...QUICK, services: { one: says("one", b), two: says("two", a) } });
        await host.until(({ workers }) => workers.length === 1);
        assert.deepEqual([await greeting(a), await greeting(b)], ["two", "one"]);
        await reload(host, { workers: 1, ...QUICK, services: { three: says("three", a), two: says("two", b) } });
        await host.until(({ workers }) => workers.length === 1);
        assert.deepEqual([await greeting(a), await greeting(b)], ["three", "two"]);
        const { services, isReady } = await host.status();
        assert.deepEqual([isReady, ...services.map(({ name }) => name)], [true, "three", "two"]);
        await assert.rejects(reload(host, { services: {} }), /expected at least one service/);
        await assert.rejects(
          reload(host, { services: { x: says("x", a), y: says("y", a) } }),
          /services\.y\.listen.*services\.x has that address/,
        );
        assert.equal(await greeting(a), "three");
      });
    },
  );

  it("moves the control socket, whose old file goes", async (t) => {
    const files = temporary(t, {});
    const at = (name: string): object => ({ ...TWO, control: files.path(name) });
    files.write("belfry.config.json", at("a.sock"));
    const belfry = startBelfry(["serve", "--config", files.path("belfry.config.json")]);
    t.after(() => belfry[Symbol.asyncDispose]());
    await belfry.says(/listening on/);
    files.write("belfry.config.json", at("b.sock"));
    const asked = await runBelfry(["reload", "--control", files.path("a.sock")]);
    assert.deepEqual([asked.status, asked.stderr], [0, ""]);
    assert.equal((await runBelfry(["status", "--control", files.path("b.sock")])).status, 0);
    assert.equal(existsSync(files.path("a.sock")), false);
    files.write("belfry.config.json", at("no/way\0"));
    const bad = await runBelfry(["reload", "--control", files.path("b.sock")]);
    assert.equal(bad.status, 1);
    belfry.child.kill("SIGTERM");
    assert.equal((await belfry.ended).status, 0);
    assert.equal(existsSync(files.path("b.sock")), false);
  });

  it("cannot move the debug server to a port that is taken; nothing has changed then", (t) =>
    withHost({ config: TWO, hasOwnDebug: true }, async (host) => {
      const port = await host.port("echo");
      const taken = await freePort(t);
      const services = { echo: ECHO, more: ECHO };
      await assert.rejects(
        reload(host, { ...TWO, services, debug: `127.0.0.1:${taken}` }),
        new RegExp(`Cannot listen on 127\\.0\\.0\\.1:${taken}: EADDRINUSE`),
      );
      const { services: now } = await host.status();
      assert.deepEqual(
        now.map(({ name }) => name),
        ["echo"],
      );
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      assert.equal(await ask(socket, "still"), "still");
      socket.destroy();
    }));
});
