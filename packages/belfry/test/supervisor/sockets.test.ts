import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { makeFolder } from "../config/support.js";
import { runBelfry } from "../belfry-process.js";
import { ask, connected, control, withHost } from "./host-process.js";
import { freePort } from "../trouble/free-port.js";
import { endWithTests, HAS_GROUPS } from "../end-with-tests.js";

const BIN = fileURLToPath(new URL("../../bin/belfry.js", import.meta.url));
const ECHO = { use: "echo", listen: "127.0.0.1:0" };

describe("the sockets of a host", () => {
  it("may be Unix sockets, with a mode, whose file goes with the host", { skip: process.platform === "win32" }, () =>
    withHost(
      { config: { workers: 2, services: { echo: { use: "echo", listen: { path: "./e.sock", mode: "0600" } } } } },
      async (host) => {
        await host.process.says(/listening on unix:/);
        const path = join(host.directory, "e.sock");
        for (let count = 0; count < 5; count += 1) {
          const socket = connect(path);
          await once(socket, "connect");
          assert.equal(await ask(socket, "hello"), "hello");
          socket.destroy();
        }
        host.process.child.kill("SIGHUP");
        await host.until(({ reloads }) => reloads.succeeded === 1);
        const socket = connect(path);
        await once(socket, "connect");
        assert.equal(await ask(socket, "again"), "again");
        socket.destroy();
        host.process.child.kill("SIGTERM");
        await host.process.ended;
        assert.equal(existsSync(path), false);
      },
    ),
  );

  it("may be descriptors that were inherited, as from systemd", { skip: process.platform === "win32" }, async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const descriptor = (server as unknown as { _handle: { fd: number } })._handle.fd;
    await withHost({ config: { services: {} } }, async ({ directory, write }) => {
      write("fd.json", { workers: 2, control: false, services: { echo: { use: "echo", listen: "fd:3" } } });
      const args = [BIN, "serve", "--config", join(directory, "fd.json")];
      const stdio = ["ignore", "ignore", "pipe", descriptor] as const;
      const child = spawn(process.execPath, args, { stdio: [...stdio], detached: HAS_GROUPS });
      endWithTests(child);
      try {
        let stderr = "";
        child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        while (!/listening on 127\.0\.0\.1:\d+/.test(stderr)) await once(child.stderr as NodeJS.EventEmitter, "data");
        assert.match(stderr, new RegExp(`listening on 127\\.0\\.0\\.1:${port}`));
        server.close();
        const socket = await connected(port);
        assert.equal(await ask(socket, "inherited"), "inherited");
        socket.destroy();
        child.kill("SIGHUP");
        while (!stderr.includes("reloaded")) await once(child.stderr as NodeJS.EventEmitter, "data");
        const again = await connected(port);
        assert.equal(await ask(again, "again"), "again");
        again.destroy();
      } finally {
        child.kill("SIGTERM");
        await once(child, "close");
      }
    });
  });

  for (const [where, env] of [
    ["", {}],
    [", where sockets cannot be shared too", { BELFRY_NET: "sockets" }],
  ] as const) {
    it(`are named with their service when they were not inherited, before a worker starts${where}`, async (context) => {
      const services = Object.fromEntries([3, 9, 77].map((fd) => [`s${fd}`, { use: "echo", listen: `fd:${fd}` }]));
      const folder = makeFolder(context, { "fd.json": JSON.stringify({ control: false, services }) });
      const { status, stderr } = await runBelfry(["serve", "--config", join(folder, "fd.json")], env);
      const why = "no socket that listens or is bound was inherited there";
      const lines = [3, 9, 77].map((fd) => `belfry: Cannot listen on fd:${fd} for s${fd}: ${why}\n`);
      assert.deepEqual([status, stderr], [1, lines.join("")]);
    });
  }

  it("are called what the config calls them where a worker cannot listen on one", async (context) => {
    const port = await freePort();
    const listen = [`127.0.0.1:${port}`, `127.1:${port}`];
    const config = JSON.stringify({ control: false, services: { echo: { use: "echo", listen } } });
    const folder = makeFolder(context, { "twice.json": config });
    const { status, stderr } = await runBelfry(["serve", "--config", join(folder, "twice.json")]);
    assert.match(stderr, new RegExp(`^belfry: Cannot listen on (127\\.0\\.0\\.1|127\\.1):${port}: EADDRINUSE`, "m"));
    assert.equal(status, 1);
  });

  it("change nothing at a reload that names descriptors the host has opened itself", () =>
    withHost({ config: { services: { echo: ECHO } } }, async (host) => {
      const port = await host.port("echo");
      const wanted = Array.from({ length: 40 }, (_, at) => at + 3);
      const others = wanted.map((fd) => [`s${fd}`, { use: "echo", listen: `fd:${fd}` }] as const);
      host.write("belfry.config.json", { services: { echo: ECHO, ...Object.fromEntries(others) } });
      await assert.rejects(control(host, { command: "reload" }), ({ message }: Error) => {
        for (const fd of wanted) assert.match(message, new RegExp(`Cannot listen on fd:${fd} for s${fd}: no socket`));
        return true;
      });
      const socket = await connected(port);
      assert.equal(await ask(socket, "hello"), "hello");
      socket.destroy();
    }));

  it("are opened by the one worker there is where they cannot be shared", () =>
    withHost(
      { config: { workers: 2, shutdownTimeout: "1s", services: { echo: ECHO } }, env: { BELFRY_NET: "sockets" } },
      async (host) => {
        const port = await host.port("echo");
        assert.match(host.process.stderr(), /one worker/);
        const socket = await connected(port);
        assert.equal(await ask(socket, "hello"), "hello");
        const { workers } = await host.status();
        assert.equal(workers.length, 1);
        host.write("belfry.config.json", { workers: 2, shutdownTimeout: "1s", services: { echo: ECHO, more: ECHO } });
        host.process.child.kill("SIGHUP");
        await host.until(({ reloads }) => reloads.succeeded === 1);
        assert.equal(await ask(socket, "still"), "still");
        assert.equal(await host.port("echo"), port);
        for (const each of [port, await host.port("more")]) {
          const fresh = await connected(each);
          assert.equal(await ask(fresh, "fresh"), "fresh");
          fresh.destroy();
        }
        process.kill((await host.status()).workers[0]?.pid as number, "SIGKILL");
        await host.until(({ crashes, isReady }) => crashes === 1 && isReady);
        const late = await connected(port);
        assert.equal(await ask(late, "late"), "late");
        late.destroy();
        socket.destroy();
      },
    ));
});
