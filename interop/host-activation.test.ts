import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { HostStatus } from "../packages/belfry/dist/inspect/host-view.js";
import { runBelfry } from "../packages/belfry/test/belfry-process.js";
import { ask } from "../packages/belfry/test/supervisor/host-process.js";
import { BELFRY, missing } from "./tools.js";
import { endWithTests, HAS_GROUPS } from "../packages/belfry/test/end-with-tests.js";

/** A host that systemd-socket-activate has opened the sockets for. */
interface Activated {
  readonly folder: string;
  readonly child: ChildProcess;
  status(): Promise<HostStatus>;
  command(...args: readonly string[]): Promise<string>;
  /** A new connection's answer to a word. */
  hears(word: string): Promise<string | null>;
  dial(): Promise<Socket>;
}

interface Setup {
  /** What the service listens on. */
  readonly listen: string;
  readonly fdname?: string;
  /** Default: a free port. */
  readonly path?: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function withActivated(setup: Setup, use: (host: Activated) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "belfry-activated-"));
  const file = join(folder, "belfry.config.json");
  const control = join(folder, "c.sock");
  const services = { echo: { use: "echo", listen: setup.listen } };
  writeFileSync(file, JSON.stringify({ workers: 2, control, shutdownTimeout: "2s", services }));
  const target = setup.path === undefined ? await freePort() : join(folder, setup.path);
  const names = setup.fdname === undefined ? [] : [`--fdname=${setup.fdname}`];
  const listen = typeof target === "number" ? `127.0.0.1:${target}` : target;
  const args = ["-l", listen, ...names, ...BELFRY, "serve", "--config", file];
  const child = spawn("systemd-socket-activate", args, { stdio: ["ignore", "pipe", "pipe"], detached: HAS_GROUPS });
  endWithTests(child);
  const ended = once(child, "close");
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  try {
    while (!said.includes("Listening on")) await once(child.stderr, "data");
    const dial = async (): Promise<Socket> => {
      const socket = typeof target === "number" ? connect(target, "127.0.0.1") : connect(target);
      await once(socket, "connect");
      return socket;
    };
    const command = async (...words: readonly string[]): Promise<string> => {
      const { status, stdout, stderr } = await runBelfry([...words, "--control", control]);
      assert.equal(status, 0, `${stderr}\n${said}`);
      return stdout;
    };
    await use({
      folder,
      child,
      dial,
      command,
      status: async () => JSON.parse(await command("status", "--json")) as HostStatus,
      async hears(word) {
        const socket = await dial();
        const answer = await ask(socket, word);
        socket.destroy();
        return answer;
      },
    });
    child.kill("SIGTERM");
    const [status] = (await ended) as [number | null];
    assert.equal(status, 0, said);
    // Who has made the file removes it.
    if (setup.path !== undefined) assert.ok(existsSync(join(folder, setup.path)));
  } finally {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true });
  }
}

describe("systemd-socket-activate", { skip: missing("systemd-socket-activate") }, () => {
  it("hands belfry serve a socket by name; the first connection starts it, two workers share it, a reload keeps it", () =>
    withActivated({ listen: "systemd:echo", fdname: "echo" }, async (host) => {
      // The dial itself brings the host up, and is served by it.
      assert.equal(await host.hears("first"), "first");
      const { services, workers } = await host.status();
      assert.match(services[0]?.addresses[0] ?? "", /^127\.0\.0\.1:\d+$/);
      assert.equal(workers.length, 2);

      const crowd: Socket[] = [];
      let shares: readonly number[] = [];
      while (crowd.length < 2000 && (shares.length < 2 || shares.includes(0))) {
        const fresh = await Promise.all(Array.from({ length: 50 }, () => host.dial()));
        crowd.push(...fresh);
        assert.ok((await Promise.all(fresh.map((socket) => ask(socket, "x")))).every((answer) => answer === "x"));
        shares = (await host.status()).workers.map(({ connections }) => connections);
      }
      assert.ok(!shares.includes(0), `${shares.join(" and ")} connections`);

      assert.match(await host.command("reload"), /^generation 2 serves/);
      assert.equal(await host.hears("new"), "new");
      assert.ok((await Promise.all(crowd.map((socket) => ask(socket, "y")))).every((answer) => answer === "y"));
      for (const socket of crowd) socket.destroy();
    }));

  it("hands it over by number", () =>
    withActivated({ listen: "fd:3" }, async (host) => {
      assert.equal(await host.hears("by number"), "by number");
      await host.command("reload");
      assert.equal(await host.hears("again"), "again");
    }));

  it("hands over a Unix socket, whose file is not belfry's to remove", () =>
    withActivated({ listen: "systemd:echo", fdname: "echo", path: "echo.sock" }, async (host) => {
      assert.equal(await host.hears("by path"), "by path");
      await host.command("reload");
      assert.equal(await host.hears("again"), "again");
      const { services } = await host.status();
      assert.match(services[0]?.addresses[0] ?? "", /^unix:.*echo\.sock$/);
    }));

  it("is told apart from a name that it has not passed", () =>
    withActivated({ listen: "systemd:echo", fdname: "echo" }, async (host) => {
      assert.equal(await host.hears("first"), "first");
      const other = { workers: 2, services: { echo: { use: "echo", listen: "systemd:ecco" } } };
      writeFileSync(join(host.folder, "belfry.config.json"), JSON.stringify(other));
      const { status, stderr } = await runBelfry(["reload", "--control", join(host.folder, "c.sock")]);
      assert.equal(status, 1);
      assert.match(stderr, /services\.echo\.listen: "systemd:ecco": .*echo/);
      assert.equal(await host.hears("still"), "still");
    }));
});
