import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { ask, connected, type TestHost, withHost } from "./hosts.js";

const ECHO = { use: "echo", listen: "127.0.0.1:0" };
const ONE = { workers: 1, shutdownTimeout: "1s", services: { echo: ECHO } };
/** What a process has open is fewer; how many more it may have is for a test to use up. */
const LIMIT = 96;

/** Takes descriptors from a process that runs; new ones are limited, too. */
function limit(pid: number): void {
  execFileSync("prlimit", ["--pid", `${pid}`, `--nofile=${LIMIT}:1024`]);
}

function unlimit(pid: number): void {
  execFileSync("prlimit", ["--pid", `${pid}`, "--nofile=1024:1024"]);
}

async function crowd(port: number, count: number): Promise<Socket[]> {
  const dials = await Promise.allSettled(Array.from({ length: count }, () => connected(port)));
  // Who is reset at once may never know that it was connected.
  const sockets = dials.flatMap((dial) => (dial.status === "fulfilled" ? [dial.value] : []));
  for (const socket of sockets) socket.on("error", () => {});
  return sockets;
}

async function servedAgain(host: TestHost, port: number): Promise<void> {
  await host.until(({ services }) => services[0]?.counters.connections_open === 0);
  const socket = (await connected(port)).on("error", () => {});
  assert.equal(await ask(socket, "after"), "after");
  socket.destroy();
}

const isLinux = process.platform === "linux";

describe("too few descriptors", { skip: !isLinux }, () => {
  it("make a worker wait or refuse, say so, and serve again when there are some", { timeout: 30_000 }, () =>
    withHost({ config: ONE }, async (host) => {
      const port = await host.port("echo");
      const [worker] = (await host.status()).workers;
      limit(worker?.pid as number);
      const sockets = await crowd(port, LIMIT + 20);
      // Some are served and the others reset, in the order in which the system hands them over.
      const asks = sockets.map(async (socket) => assert.equal(await ask(socket, "first"), "first"));
      await Promise.any(asks);
      await host.process.says(/EMFILE|descriptors/);
      for (const socket of sockets) socket.destroy();
      await servedAgain(host, port);
      assert.equal((await host.status()).crashes, 0);
    }),
  );

  it("are told by a supervisor that can start no process, and it goes on", { timeout: 30_000 }, () =>
    withHost({ config: ONE }, async (host) => {
      const port = await host.port("echo");
      const debug = Number((await host.debugAddress()).split(":")[1]);
      const pid = host.process.child.pid as number;
      limit(pid);
      const sockets = await crowd(debug, LIMIT + 20);
      // That they are connected means only that the system has taken them.
      while (readdirSync(`/proc/${pid}/fd`).length < LIMIT) await new Promise((resolve) => setTimeout(resolve, 10));
      host.process.child.kill("SIGHUP");
      await host.process.says(/Cannot reload, nothing has changed: Cannot load the configuration: .*EMFILE/);
      const socket = (await connected(port)).on("error", () => {});
      assert.equal(await ask(socket, "still"), "still");
      // Its worker cannot be replaced either, for now.
      const closed = once(socket, "close");
      const worker = Number(execFileSync("pgrep", ["-P", `${pid}`], { encoding: "utf8" }).trim());
      process.kill(worker, "SIGKILL");
      await closed;
      await host.process.says(/could not start: .*EMFILE/);
      unlimit(pid);
      for (const each of sockets) each.destroy();
      await host.until(({ isReady, workers }) => isReady && workers.length === 1);
      const again = await connected(port);
      assert.equal(await ask(again, "again"), "again");
      again.destroy();
      host.process.child.kill("SIGHUP");
      await host.process.says(/reloaded/);
    }),
  );
});
