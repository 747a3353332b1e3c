import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, it } from "node:test";
import { type BelfryProcess, startBelfry } from "../belfry-process.js";

async function withEcho(
  args: readonly string[],
  body: (echo: BelfryProcess) => Promise<void>,
  listen = "127.0.0.1:0",
): Promise<void> {
  const echo = startBelfry(["echo", "--listen", listen, ...args]);
  try {
    await body(echo);
  } finally {
    await echo[Symbol.asyncDispose]();
  }
}

describe("belfry echo", () => {
  it("sends bytes back as they came and honours the half-close", async () => {
    await withEcho([], async (echo) => {
      const input = randomBytes(1 << 20);
      const socket = connect(await echo.port(), "127.0.0.1");
      socket.end(input);
      assert.ok(input.equals(await buffer(socket)));
    });
  });

  it("lets an idle client go at SIGTERM, with everything it sent sent back", async () => {
    await withEcho([], async (echo) => {
      const socket = connect(await echo.port(), "127.0.0.1");
      socket.write("under way");
      const reply = buffer(socket);
      await once(socket, "data");
      echo.child.kill("SIGTERM");
      assert.equal(String(await reply), "under way");
      assert.equal((await echo.ended).status, 0);
    });
  });

  it("disconnects a client that is silent for the idle timeout", async () => {
    await withEcho(["--idle-timeout", "400ms"], async (echo) => {
      const socket = connect(await echo.port(), "127.0.0.1");
      const began = Date.now();
      assert.equal((await buffer(socket)).length, 0);
      assert.ok(Date.now() - began >= 390);
    });
  });

  it("listens on a Unix socket and takes its file away", { skip: process.platform === "win32" }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-"));
    const path = join(folder, "echo.sock");
    try {
      await withEcho(
        [],
        async (echo) => {
          await echo.says(new RegExp(`^listening on unix:${path}$`, "m"));
          const socket = connect(path);
          socket.end("hello");
          assert.equal(String(await buffer(socket)), "hello");
          echo.child.kill("SIGTERM");
          assert.equal((await echo.ended).status, 0);
          assert.equal(existsSync(path), false);
        },
        `unix:${path}`,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("shows connections and tasks on the debug address", async () => {
    await withEcho(["--debug", "127.0.0.1:0"], async (echo) => {
      const [, address] = await echo.says(/^debugging on http:\/\/(127\.0\.0\.1:\d+)\/$/m);
      const port = await echo.port();
      const socket = connect(port, "127.0.0.1");
      socket.write("x");
      await once(socket, "data");
      const ask = async (path: string): Promise<unknown> => (await fetch(`http://${address}${path}`)).json();
      const { services } = (await ask("/debug/status")) as { services: { name: string; addresses: string[] }[] };
      assert.deepEqual(
        services.map(({ name, addresses }) => [name, addresses]),
        [["echo", [`127.0.0.1:${port}`]]],
      );
      const { connections } = (await ask("/debug/conns")) as { connections: { id: string }[] };
      assert.deepEqual(
        connections.map(({ id }) => id),
        ["echo#1"],
      );
      const { tasks } = (await ask("/debug/tasks")) as { tasks: unknown[] };
      assert.ok(Array.isArray(tasks));
      assert.equal((await fetch(`http://${address}/no-such-page`)).status, 404);
      socket.destroy();
      echo.child.kill("SIGTERM");
      assert.equal((await echo.ended).status, 0);
    });
  });

  it("logs connections with --log-level debug", async () => {
    await withEcho(["--log-level", "debug"], async (echo) => {
      const socket = connect(await echo.port(), "127.0.0.1");
      socket.end("hello");
      await buffer(socket);
      await echo.says(/^echo#1 opened \(127\.0\.0\.1:\d+\)$/m);
      await echo.says(/^echo#1 closed \(127\.0\.0\.1:\d+\): returned after \S+, 5 bytes in, 5 bytes out$/m);
    });
  });
});
