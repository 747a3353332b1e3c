import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { describe, it, mock } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Gathered } from "../../src/inspect/host-view.js";
import { readPlan } from "../../src/supervisor/plan-process.js";
import type { ConfigSource } from "../../src/config/source/config-source.js";
import { runBelfry } from "../belfry-process.js";
import { freePort } from "./free-port.js";
import { ask, connected, control, gone, lives, type TestHost, withHost } from "./hosts.js";
import { temporary } from "./temporary.js";

const ECHO = { use: "echo", listen: "127.0.0.1:0" };
const LOOP = { use: "./loop.mjs", listen: "127.0.0.1:0" };
const TWO = { workers: 2, reloadGrace: "100ms", shutdownTimeout: "100ms", services: { echo: ECHO, loop: LOOP } };
const FILES = { "loop.mjs": "export default () => { for (;;); };\n" };

async function echoes(host: TestHost, text: string): Promise<void> {
  const socket = await connected(await host.port("echo"));
  assert.equal(await ask(socket, text), text);
  socket.destroy();
}

/** Which worker serves nobody any more, though its process is there. */
async function stuckPid(host: TestHost): Promise<number> {
  const [, pid] = await host.process.says(/worker \d+ \(process (\d+)\) does not answer/);
  return Number(pid);
}

describe("a module that loops for ever while it loads", () => {
  it("is not waited for when it waits and nothing is left that could end that", async (t) => {
    const files = temporary(t, {
      "belfry.config.json": { services: { m: { ...LOOP, use: "./m.mjs" } } },
      "m.mjs": "await new Promise(() => {});\n",
    });
    const file = files.path("belfry.config.json");
    await assert.rejects(
      readPlan({ file, directory: files.directory, overrides: {} }, process.env),
      /"\.\/m\.mjs": it cannot be loaded: it waits for something that never comes$/,
    );
  });

  for (const [what, text] of [
    ["loops", "tell(); for (;;);\n"],
    ["waits", "tell(); setInterval(() => {}, 1000); await new Promise(() => {});\n"],
    [
      "makes a service without end",
      "export const createService = () => new Promise(() => { tell(); setInterval(() => {}, 1000); });\n",
    ],
  ] as const) {
    it(`is named after a minute: it ${what}`, async (t) => {
      const files = temporary(t, {
        "belfry.config.json": { services: { m: { ...LOOP, use: "./m.mjs" } } },
        "m.mjs": `import { writeFileSync } from "node:fs";
const tell = () => writeFileSync(new URL("./at-it", import.meta.url), "");
${text}`,
      });
      const source: ConfigSource = {
        file: files.path("belfry.config.json"),
        directory: files.directory,
        overrides: {},
      };
      const timers = mock.timers;
      timers.enable({ apis: ["setTimeout"] });
      try {
        const reading = assert.rejects(
          readPlan(source, process.env),
          /^Error: Cannot load the configuration: ".*m\.mjs" takes longer than 60 s to load$/,
        );
        await files.appears("at-it");
        // What it loads it has told before, and that is read in some turn of the event loop.
        for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
        timers.tick(60_000);
        await reading;
      } finally {
        timers.reset();
      }
    });
  }
});

describe("a worker whose event loop is stuck", () => {
  it("is told of; the other one serves, a reload works, and the stuck one is ended", () =>
    withHost({ config: TWO, files: FILES }, async (host) => {
      const socket = (await connected(await host.port("loop"))).on("error", () => {});
      const closed = once(socket, "close");
      const pid = await stuckPid(host);
      const before = performance.now();
      const { workers, isReady } = await host.status();
      const stuck = workers.find((worker) => worker.pid === pid);
      assert.equal(stuck?.state, "stuck");
      assert.match((await host.get("/metrics")).body, /^belfry_workers\{state="stuck"\} 1$/m);
      assert.ok(performance.now() - before < 3000);
      assert.deepEqual([workers.length, isReady], [2, true]);
      await echoes(host, "from the other");
      await control(host, { command: "reload" });
      await echoes(host, "from the next ones");
      await host.process.says(new RegExp(`\\(process ${pid}\\) did not end in time and is killed`));
      await gone(pid);
      await closed;
      const { crashes } = await host.until(({ workers: now }) => now.length === 2);
      assert.equal(crashes, 0);
    }));

  it("does not keep a host from ending", () =>
    withHost({ config: { ...TWO, workers: 1 }, files: FILES }, async (host) => {
      const socket = (await connected(await host.port("loop"))).on("error", () => {});
      const pid = await stuckPid(host);
      assert.equal((await host.get("/readyz")).status, 503);
      assert.equal((await host.get("/healthz")).status, 200);
      host.process.child.kill("SIGTERM");
      await host.process.says(/shutting down/);
      host.process.child.kill("SIGTERM");
      await host.process.ended;
      assert.equal(lives(pid), false);
      socket.destroy();
    }));

  it("does not count in what a reload reports, whose services are those of the new configuration", async () => {
    const [a, b] = [await freePort(), await freePort()];
    const at = (port: number): object => ({ ...ECHO, listen: `127.0.0.1:${port}` });
    await withHost({ config: { services: { echo: at(a), old: ECHO } } }, async (host) => {
      await host.port("old");
      const pid = (await host.status()).workers[0]?.pid as number;
      process.kill(pid, "SIGSTOP");
      try {
        host.write("belfry.config.json", { services: { echo: at(b) } });
        const { stdout } = await runBelfry(["reload", "--control", join(host.directory, "c.sock")]);
        assert.deepEqual(stdout.split("\n").slice(1), [
          `  ~ echo: listens on 127.0.0.1:${a} → 127.0.0.1:${b}`,
          "  - old",
          "",
        ]);
        const { services } = await host.status();
        assert.deepEqual(
          services.map(({ name, state, addresses }) => [name, state, addresses]),
          [
            ["echo", "serving", [`127.0.0.1:${b}`]],
            ["old", "draining", []],
          ],
        );
      } finally {
        process.kill(pid, "SIGCONT");
      }
    });
  });

  it("serves again when it was stopped and goes on", () =>
    withHost({ config: { ...TWO, workers: 1 }, files: FILES }, async (host) => {
      const port = await host.port("echo");
      const pid = (await host.status()).workers[0]?.pid as number;
      process.kill(pid, "SIGSTOP");
      const socket = await connected(port);
      const answer = ask(socket, "patience");
      await stuckPid(host);
      assert.equal((await host.get("/readyz")).status, 503);
      process.kill(pid, "SIGCONT");
      assert.equal(await answer, "patience");
      await host.process.says(/answers again/);
      assert.equal((await host.status()).crashes, 0);
      socket.destroy();
    }));

  it("is named by every look inside that has nothing of it", () =>
    withHost({ config: { ...TWO, services: { echo: ECHO } } }, async (host) => {
      await host.port("echo");
      // The first one, which would be taken where none is asked for.
      const [first, second] = (await host.status()).workers;
      const pid = first?.pid as number;
      process.kill(pid, "SIGSTOP");
      try {
        assert.equal(await stuckPid(host), pid);
        const [stuck, other] = [first?.number as number, second?.number as number];
        const words = `worker ${stuck} does not answer; not shown`;
        for (const debug of [1, 2]) {
          const { body } = await host.get(`/debug/pprof/goroutine?debug=${debug}`);
          assert.ok(body.startsWith(`${words}\n\n`), body);
          assert.match(body, /Listener\.accept/);
        }
        for (const path of ["/debug/tasks", "/debug/conns"]) {
          assert.deepEqual((JSON.parse((await host.get(path)).body) as Gathered).missing, [stuck], path);
        }
        for (const name of ["goroutine", "heap", "profile?seconds=1"]) {
          const response = await fetch(`http://${await host.debugAddress()}/debug/pprof/${name}`);
          const profile = gunzipSync(new Uint8Array(await response.arrayBuffer()));
          assert.ok(profile.includes(words), name);
        }
        const { stdout } = await runBelfry(["top", "--once", "--control", join(host.directory, "c.sock")]);
        assert.match(stdout, new RegExp(`^ *worker ${stuck} does not answer; connections not shown$`, "m"));
        const kicked = await runBelfry(["kick", `echo#${stuck}-1`, "--control", join(host.directory, "c.sock")]);
        const why = `worker ${stuck} does not answer, and no other has it`;
        assert.deepEqual([kicked.status, kicked.stderr], [1, `belfry: Cannot kick "echo#${stuck}-1": ${why}\n`]);
        assert.deepEqual(await host.get(`/debug/pprof/cpuprofile?seconds=1&worker=${stuck}`), {
          status: 503,
          body: `Cannot measure worker ${stuck}: it does not answer\n`,
        });
        assert.deepEqual(await host.get(`/debug/pprof/heapsnapshot?worker=${stuck}`), {
          status: 503,
          body: `Cannot take a snapshot of worker ${stuck}: it does not answer\n`,
        });
        for (const query of ["", `?worker=${other}`]) {
          assert.equal((await host.get(`/debug/pprof/heapsnapshot${query}`)).status, 200, query);
        }
      } finally {
        process.kill(pid, "SIGCONT");
      }
    }));
});
