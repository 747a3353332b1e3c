import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ask, connected, type TestHost, withHost } from "../packages/belfry/test/supervisor/host-process.js";
import { command } from "./host/commands.js";
import { startCrowd } from "./host/crowd.js";
import { BELFRY, missing } from "./tools.js";

const CONFIG = {
  workers: 2,
  shutdownTimeout: "5s",
  services: {
    echo: { use: "echo", listen: "127.0.0.1:0" },
    tokyo: { use: "clock", timeZone: "Asia/Tokyo", listen: "127.0.0.1:0" },
  },
};
const KEPT = fileURLToPath(new URL("../docs/top.txt", import.meta.url));
const exec = promisify(execFile);

/** Runs `belfry top` in a terminal of its own, and resolves with the screen once it matches. */
async function captureTop(host: TestHost, pattern: RegExp): Promise<string> {
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await exec("tmux", ["-S", join(host.directory, "tmux.sock"), ...args])).stdout;
  const top = [...BELFRY, "top", "--control", join(host.directory, "c.sock"), "--interval", "200ms"];
  await tmux("new-session", "-d", "-s", "top", "-x", "140", "-y", "40", ...top);
  try {
    const end = Date.now() + 20_000;
    for (;;) {
      const screen = await tmux("capture-pane", "-p", "-t", "top");
      if (pattern.test(screen)) return screen;
      assert.ok(Date.now() < end, `top never showed ${pattern}:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await tmux("kill-server");
  }
}

describe("the commands for a running host", () => {
  it("status tells of the host, its services and its workers", () =>
    withHost({ config: CONFIG }, async (host) => {
      const socket = await connected(await host.port("echo"));
      await ask(socket, "hello");
      const { status, stdout } = await command(host, "status");
      assert.equal(status, 0);
      assert.match(stdout, /serving · ready · pid \d+ .* generation 1 /);
      assert.match(stdout, /^ {2}● {2}echo +serving +1\/10,000 .* 127\.0\.0\.1:\d+$/m);
      assert.match(stdout, /^ {2}● {2}tokyo +serving +0\/10,000 /m);
      assert.equal(stdout.match(/^ {2}● +\d+ +\d+ +serving /gm)?.length, 2, stdout);
      assert.match(stdout, /workers crashed: 0 · reloads: 0 succeeded, 0 failed/);
      socket.destroy();
    }));

  it("top shows a live screen of it", { skip: missing("tmux") }, () =>
    withHost({ config: CONFIG }, async (host) => {
      const crowd = startCrowd({ port: await host.port("echo"), size: 10, think: 10 });
      await crowd.started;
      const screen = await captureTop(host, /^ {2}● {2}echo +serving +10\/10,000 .*[1-9]\d* (?:Ki)?B\/s/m);
      await crowd.stop();
      assert.match(screen, /CONNECTION +FROM +AGE/);
      assert.match(screen, /^ {2}● {2}echo#[12]-\d+ +127\.0\.0\.1:\d+ /m);
      // A screen of the same kind is kept in the docs.
      const kept = readFileSync(KEPT, "utf8");
      for (const head of [/SERVICE +STATE +CONNS/, /WORKER +PID +STATE/, /CONNECTION +FROM +AGE/]) {
        assert.match(screen, head);
        assert.match(kept, head);
      }
    }),
  );

  it("suspend keeps a service's connections and serves nobody new, resume does", () =>
    withHost({ config: CONFIG }, async (host) => {
      const port = await host.port("echo");
      const old = await connected(port);
      assert.equal(await ask(old, "before"), "before");
      assert.equal((await command(host, "suspend", "echo")).status, 0);
      assert.match((await command(host, "status")).stdout, /echo +suspended +1\//);
      assert.equal(await ask(old, "meanwhile"), "meanwhile");
      // The kernel takes the dial, and nobody accepts it.
      const waiting = await connected(port);
      let isServed = false;
      const answer = ask(waiting, "at last").finally(() => (isServed = true));
      assert.match((await command(host, "status")).stdout, /echo +suspended +1\//);
      assert.equal(isServed, false);
      assert.equal((await command(host, "resume", "echo")).status, 0);
      assert.equal(await answer, "at last");
      for (const socket of [old, waiting]) socket.destroy();
      const { status, stderr } = await command(host, "suspend", "ecko");
      assert.equal(status, 1);
      assert.match(stderr, /^belfry: .*"ecko".*\n$/);
    }));

  it("kick resets one connection and no other", () =>
    withHost({ config: CONFIG }, async (host) => {
      const port = await host.port("echo");
      const [one, other] = [await connected(port), await connected(port)];
      await Promise.all([ask(one, "x"), ask(other, "x")]);
      const { connections } = JSON.parse((await host.get("/debug/conns")).body) as {
        connections: { id: string; remoteAddr: string }[];
      };
      const id = connections.find(({ remoteAddr }) => remoteAddr.endsWith(`:${one.localPort}`))?.id ?? "";
      const reset = once(one, "error");
      assert.equal((await command(host, "kick", id)).status, 0);
      assert.equal(((await reset) as [NodeJS.ErrnoException])[0].code, "ECONNRESET");
      assert.equal(await ask(other, "unhurt"), "unhurt");
      const { status, stderr } = await command(host, "kick", id);
      assert.equal(status, 1);
      assert.ok(stderr.includes(id), stderr);
      other.destroy();
    }));

  it("drain lets connections end, waits for it, and says how it went", () =>
    withHost({ config: CONFIG }, async (host) => {
      const port = await host.port("echo");
      const socket = await connected(port);
      await ask(socket, "x");
      const ended = once(socket.resume(), "end");
      const { status, stdout } = await command(host, "drain");
      await ended;
      assert.match(stdout, /connections drained: 1, cut: 0\n$/);
      assert.equal(status, 0);
      assert.equal((await host.process.ended).status, 0);
      await assert.rejects(connected(port), { code: "ECONNREFUSED" });
    }));
});
