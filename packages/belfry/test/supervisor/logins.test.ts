import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, it } from "node:test";
import type { HostStatus } from "../../src/inspect/host-view.js";
import { ask, type TestHost, withHost } from "./host-process.js";

type Workers = HostStatus["workers"];

const FTP = {
  use: "ftp",
  listen: "127.0.0.1:0",
  users: [{ name: "ann", password: "secret", maxSessions: 1 }],
  throttle: { attemptsPerAddress: 4, attemptsPerSession: 10, delay: "1ms" },
};
const CONFIG = { workers: 2, shutdownTimeout: "5s", services: { ftp: FTP } };

/** A connection that this worker has accepted, for the others were stopped meanwhile; and what it was greeted with. */
async function dialWorker(port: number, at: number, workers: Workers): Promise<{ socket: Socket; greeting: string }> {
  const others = workers.filter((_, index) => index !== at).map(({ pid }) => pid);
  for (const pid of others) process.kill(pid, "SIGSTOP");
  try {
    const socket = connect(port, "127.0.0.1");
    // One that is turned away may be reset.
    socket.on("error", () => {});
    const [greeting] = (await once(socket, "data")) as [Buffer];
    return { socket, greeting: String(greeting).slice(0, 3) };
  } finally {
    for (const pid of others) process.kill(pid, "SIGCONT");
  }
}

async function logIn(socket: Socket, password: string): Promise<string> {
  assert.match(String(await ask(socket, "USER ann\r\n")), /^331 /);
  return String(await ask(socket, `PASS ${password}\r\n`)).slice(0, 3);
}

async function eventually(expected: string, attempt: () => Promise<string>): Promise<void> {
  const end = Date.now() + 20_000;
  let reply = await attempt();
  while (reply !== expected && Date.now() < end) reply = await attempt();
  assert.equal(reply, expected);
}

/** What each worker says to a new connection. */
async function greetings(host: TestHost, port: number): Promise<string[]> {
  const { workers } = await host.status();
  const found: string[] = [];
  for (const at of workers.keys()) {
    const { socket, greeting } = await dialWorker(port, at, workers);
    socket.destroy();
    found.push(greeting);
  }
  return found;
}

async function reloaded(host: TestHost): Promise<void> {
  const { reloads } = await host.status();
  host.process.child.kill("SIGHUP");
  await host.until(({ reloads: now }) => now.succeeded === reloads.succeeded + 1);
}

const isOnWindows = process.platform === "win32";

describe("logins over all workers", { skip: isOnWindows && "no SIGSTOP" }, () => {
  it("ban an address after as many failures as one worker alone would", () =>
    withHost({ config: CONFIG }, async (host) => {
      const port = await host.port("ftp");
      const { workers } = await host.status();
      const [one, other] = [await dialWorker(port, 0, workers), await dialWorker(port, 1, workers)];
      for (const { socket } of [one, other, one]) assert.equal(await logIn(socket, "wrong"), "530");
      assert.deepEqual(await greetings(host, port), ["220", "220"]);
      assert.equal(await logIn(other.socket, "wrong"), "530");
      assert.deepEqual(await greetings(host, port), ["421", "421"]);
      assert.equal(await logIn(one.socket, "secret"), "421");
      await host.process.says(/banned address "127\.0\.0\.1"/);
      assert.equal(host.process.stderr().match(/banned address/g)?.length, 1);
    }));

  it("remember failures and bans when a worker dies, and across a reload", () =>
    withHost({ config: CONFIG }, async (host) => {
      const port = await host.port("ftp");
      const { workers } = await host.status();
      const [one, other] = [await dialWorker(port, 0, workers), await dialWorker(port, 1, workers)];
      for (const { socket } of [one, other]) assert.equal(await logIn(socket, "wrong"), "530");
      process.kill(workers[0]?.pid as number, "SIGKILL");
      await host.until(({ crashes, workers: now }) => crashes === 1 && now.length === 2);
      await reloaded(host);
      const young = await dialWorker(port, 0, (await host.status()).workers.slice(0, 2));
      assert.equal(await logIn(young.socket, "wrong"), "530");
      assert.equal(await logIn(other.socket, "wrong"), "530");
      for (const { socket } of [young, other]) assert.equal(await logIn(socket, "secret"), "421");
      await reloaded(host);
      await host.until(({ workers: now }) => now.length === 2);
      assert.deepEqual(await greetings(host, port), ["421", "421"]);
    }));

  it("hold an account to its sessions, also after a reload, and those of a dead worker are over at once", () =>
    withHost({ config: CONFIG }, async (host) => {
      const port = await host.port("ftp");
      const { workers } = await host.status();
      const [one, other] = [await dialWorker(port, 0, workers), await dialWorker(port, 1, workers)];
      assert.equal(await logIn(one.socket, "secret"), "230");
      assert.equal(await logIn(other.socket, "secret"), "421");
      await reloaded(host);
      const [young] = (await host.until(({ workers: now }) => now.length === 3)).workers;
      const first = await dialWorker(port, 0, [young as Workers[number]]);
      assert.equal(await logIn(first.socket, "secret"), "421");
      process.kill(workers[0]?.pid as number, "SIGKILL");
      await host.until(({ workers: now }) => now.length === 2);
      const { workers: now } = await host.status();
      const second = await dialWorker(port, 0, now);
      assert.equal(await logIn(second.socket, "secret"), "230");
      assert.match(String(await ask(second.socket, "QUIT\r\n")), /^221 /);
      // What one worker has said last may arrive after what the other asks next.
      await eventually("230", async () => logIn((await dialWorker(port, 1, now)).socket, "secret"));
    }));

  it("are refused while the supervisor does not answer, and go on once it does", () =>
    withHost({ config: { ...CONFIG, workers: 1 } }, async (host) => {
      const port = await host.port("ftp");
      const { socket } = await dialWorker(port, 0, []);
      host.process.child.kill("SIGSTOP");
      try {
        assert.equal(await logIn(socket, "secret"), "451");
        assert.equal(await logIn(socket, "secret"), "451");
      } finally {
        host.process.child.kill("SIGCONT");
      }
      // Once it has answered what it was asked before.
      await eventually("230", () => logIn(socket, "secret"));
      assert.match(host.process.stderr(), /Cannot ask the supervisor: no answer in 3000 ms/);
    }));
});
