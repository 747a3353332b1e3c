import { dial } from "@belfry/net";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { serve, withSignals } from "../src/index.js";
import type { Service } from "../src/index.js";
import { happening } from "./happening.js";
import { MemoryListener } from "./memory-listener.js";

const polite: Service = async (conn, { draining }) => void (await conn.read({ signal: draining }));
const stuck: Service = () => new Promise(() => {});

/** A server with one connection in its service. */
async function busyServer(service: Service) {
  const listener = new MemoryListener();
  const server = await serve({ listener, shutdownTimeout: Number.POSITIVE_INFINITY }, service);
  const opened = happening(server, "opened");
  listener.dial();
  await opened;
  return server;
}

function handlers(): number[] {
  return ["SIGINT", "SIGTERM", "SIGQUIT"].map((signal) => process.listenerCount(signal));
}

describe("withSignals", () => {
  it("drains on the first signal, tells so, and takes its handlers away", async () => {
    const before = handlers();
    const server = await busyServer(polite);
    const told: string[] = [];
    const ended = withSignals(server, {
      onShutdown: (signal) => told.push(`shutting down on ${signal}`),
      onFinished: ({ drained }) => told.push(`all done, ${drained} drained`),
    });
    assert.deepEqual(
      handlers(),
      before.map((count) => count + 1),
    );
    process.emit("SIGTERM", "SIGTERM");
    assert.deepEqual(await ended, { signal: "SIGTERM", isForced: false, drained: 1, cut: 0 });
    assert.deepEqual(told, ["shutting down on SIGTERM", "all done, 1 drained"]);
    assert.deepEqual(handlers(), before);
  });

  it("tells of the drain when dials are refused already", async () => {
    const server = await serve({ port: 0 }, polite);
    let dialled: Promise<unknown> | undefined;
    const ended = withSignals(server, {
      onShutdown: () => {
        dialled = dial(server.addr);
      },
    });
    process.emit("SIGTERM", "SIGTERM");
    await assert.rejects(dialled as Promise<unknown>, /ECONNREFUSED/);
    await ended;
  });

  it("ends at once on the second", async () => {
    const server = await busyServer(stuck);
    const forced: string[] = [];
    const ended = withSignals(server, { onForced: (signal) => forced.push(signal) });
    process.emit("SIGINT", "SIGINT");
    process.emit("SIGQUIT", "SIGQUIT");
    assert.deepEqual(await ended, { signal: "SIGINT", isForced: true, drained: 0, cut: 1 });
    assert.deepEqual(forced, ["SIGQUIT"]);
  });

  it("waits for all servers and adds up their counts", async () => {
    const servers = [await busyServer(polite), await busyServer(stuck)];
    const ended = withSignals(servers, { timeout: 1 });
    process.emit("SIGTERM", "SIGTERM");
    assert.deepEqual(await ended, { signal: "SIGTERM", isForced: false, drained: 1, cut: 1 });
  });

  it("is over too when the server was brought down by others", async () => {
    const before = handlers();
    const server = await busyServer(polite);
    const ended = withSignals(server);
    await server.shutdown();
    assert.deepEqual(await ended, { signal: null, isForced: false, drained: 1, cut: 0 });
    assert.deepEqual(handlers(), before);
  });

  it("rejects when a server broke down", async () => {
    const listener = new MemoryListener();
    const server = await serve({ listener }, polite);
    const ended = withSignals(server);
    const error = new TypeError("the listener's defect");
    listener.fail(error);
    await assert.rejects(ended, (thrown) => thrown === error);
  });

  it("turns away a signal that does not exist, and a timeout that is none", async () => {
    const server = await serve({ listener: new MemoryListener() }, polite);
    assert.throws(() => withSignals(server, { signals: ["SIGNOPE" as NodeJS.Signals] }), /"SIGNOPE"/);
    assert.throws(() => withSignals(server, { timeout: Number.NaN }), RangeError);
    await server.close();
  });

  it("lets a process end by itself after a real signal", { skip: process.platform === "win32" }, async () => {
    const script = fileURLToPath(new URL("signals-child.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (text.includes("ready")) child.kill("SIGTERM");
    });
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      child.on("close", (...end) => resolve(end)),
    );
    assert.deepEqual([code, signal], [0, null]);
    assert.equal(output, "ready\nshutting down\nall done: 0 drained, 0 cut\n");
  });
});
