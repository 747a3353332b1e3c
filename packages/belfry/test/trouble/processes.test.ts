import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { runBelfry, startBelfry } from "../belfry-process.js";
import { startLoad } from "../supervisor/load.js";
import { ask, askAt, connected, gone, greeting, lives, withHost } from "./hosts.js";
import { freePort } from "./free-port.js";
import { temporary } from "./temporary.js";

const ECHO = { use: "echo", listen: "127.0.0.1:0" };
const TWO = { workers: 2, shutdownTimeout: "1s", services: { echo: ECHO } };
const WELL = "export default (conn) => conn.write('well');\n";

describe("a host whose log nobody reads any more", () => {
  it("serves on, and replaces workers, when its standard error is a broken pipe", async (t) => {
    const port = await freePort();
    const files = temporary(t, {
      "belfry.config.json": { workers: 2, services: { echo: { use: "echo", listen: `127.0.0.1:${port}` } } },
    });
    const args = ["serve", "--config", files.path("belfry.config.json"), "--control", files.path("c.sock")];
    const belfry = startBelfry(args);
    t.after(() => belfry[Symbol.asyncDispose]());
    await belfry.says(/listening on/);
    belfry.child.stderr?.destroy();
    belfry.child.stdout?.destroy();
    const socketPath = files.path("c.sock");
    for (let round = 0; round < 3; round += 1) {
      // Each end of a connection is a line of log.
      const sockets = await Promise.all(Array.from({ length: 8 }, () => connected(port)));
      for (const socket of sockets) assert.equal(await ask(socket, "hello"), "hello");
      for (const socket of sockets) socket.destroy();
      const { crashes } = await askAt<{ crashes: number }>(socketPath, "reload");
      assert.equal(crashes, 0);
    }
    belfry.child.kill("SIGTERM");
    assert.equal((await once(belfry.child, "exit"))[0], 0);
  });
});

describe("a worker that is killed", () => {
  it("costs only what it served, under load, and the counters say so", () =>
    withHost({ config: TWO }, async (host) => {
      const load = startLoad(await host.port("echo"), 20, 5);
      const { workers } = await host.status();
      process.kill(workers[0]?.pid as number, "SIGKILL");
      await host.until(({ crashes, workers: now }) => crashes === 1 && now.length === 2);
      const before = load.requests();
      await host.until(() => load.requests() > before + 200);
      await load.stop();
      assert.ok(load.failures.length <= 20, `${load.failures.length}: ${load.failures[0]}`);
      assert.match((await host.get("/metrics")).body, /^belfry_worker_crashes_total 1$/m);
    }));
});

describe("a supervisor that is killed", () => {
  it("leaves no worker, and the next one has its ports and its control path at once", async (t) => {
    const port = await freePort();
    const files = temporary(t, {
      "belfry.config.json": {
        workers: 2,
        shutdownTimeout: "1s",
        services: {
          echo: { use: "echo", listen: [`127.0.0.1:${port}`, "unix:./e.sock"] },
          stuck: { use: "./stuck.mjs", listen: "unix:./s.sock" },
        },
      },
      "stuck.mjs": "export default () => new Promise(() => {});\n",
    });
    const args = ["serve", "--config", files.path("belfry.config.json"), "--control", files.path("c.sock")];
    const socketPath = files.path("c.sock");
    const first = startBelfry(args);
    t.after(() => first[Symbol.asyncDispose]());
    await first.says(/listening on unix.*s\.sock/);
    const busy = await connected(port);
    assert.equal(await ask(busy, "hello"), "hello");
    const { workers } = await askAt<{ workers: { pid: number }[] }>(socketPath);
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    const second = startBelfry(args);
    t.after(() => second[Symbol.asyncDispose]());
    await second.says(/listening on unix.*s\.sock/);
    assert.match(second.stderr(), /removed the control socket of a dead process/);
    await Promise.all(workers.map(({ pid }) => gone(pid)));
    const socket = await connected(port);
    assert.equal(await ask(socket, "again"), "again");
    socket.destroy();
    busy.destroy();
    const { workers: now } = await askAt<{ workers: { pid: number }[] }>(socketPath);
    second.child.kill("SIGTERM");
    assert.equal((await second.ended).status, 0);
    for (const { pid } of now) assert.equal(lives(pid), false);
  });
});

describe("a start and an end that cross", () => {
  it("ends at once, with 0 and nothing left, when it is told to while a worker starts", async (t) => {
    const files = temporary(t, {
      "belfry.config.json": { workers: 2, services: { slow: { use: "./slow.mjs", listen: "127.0.0.1:0" } } },
      // Not in the process that reads the configuration first.
      "slow.mjs": `const isWorker = process.argv[1].includes("worker");
if (isWorker) { console.error("pid " + process.pid); for (;;); }
${WELL}`,
    });
    const belfry = startBelfry([
      "serve",
      "--config",
      files.path("belfry.config.json"),
      "--control",
      files.path("c.sock"),
    ]);
    t.after(() => belfry[Symbol.asyncDispose]());
    await belfry.says(/pid \d+\n(?:.*\n)*pid \d+\n/);
    const pids = [...belfry.stderr().matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid));
    t.after(() => pids.filter(lives).forEach((pid) => process.kill(pid, "SIGKILL")));
    belfry.child.kill("SIGTERM");
    assert.equal((await belfry.ended).status, 0);
    assert.deepEqual(pids.filter(lives), []);
  });

  it("ends while a worker is being replaced", () =>
    withHost(
      {
        config: { workers: 1, shutdownTimeout: "1s", services: { m: { use: "./m.mjs", listen: "127.0.0.1:0" } } },
        files: { "m.mjs": WELL },
      },
      async (host) => {
        const port = await host.port("m");
        assert.equal(await greeting(port), "well");
        host.write("m.mjs", `console.error("pid " + process.pid); for (;;);\n`);
        process.kill((await host.status()).workers[0]?.pid as number, "SIGKILL");
        const [, pid] = await host.process.says(/^pid (\d+)$/m);
        host.process.child.kill("SIGTERM");
        const killer = setTimeout(() => process.kill(Number(pid), "SIGKILL"), 15_000);
        assert.equal((await host.process.ended).status, 0);
        clearTimeout(killer);
        assert.equal(lives(Number(pid)), false);
      },
    ));
});

describe("a port that is taken", () => {
  it("does not start, with 1, and names it", async (t) => {
    const port = await freePort(t);
    const files = temporary(t, {
      "belfry.config.json": { services: { echo: ECHO, more: { use: "echo", listen: `127.0.0.1:${port}` } } },
    });
    const args = ["serve", "--config", files.path("belfry.config.json"), "--control", files.path("c.sock")];
    const { status, stdout, stderr } = await runBelfry(args);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, new RegExp(`^belfry: Cannot listen on 127\\.0\\.0\\.1:${port}: EADDRINUSE`, "m"));
    assert.doesNotMatch(stderr, /listening/);
  });
});
