import { BrokenError, dial } from "@belfry/net";
import type { Conn } from "@belfry/net";
import { measureGrowth, withoutLeaks } from "@belfry/testkit";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { serve } from "../src/index.js";
import type { ServeLimits, Server, Service } from "../src/index.js";
import { expectText, happening, record } from "./happening.js";

const echo: Service = async (conn) => {
  for await (const bytes of conn) await conn.write(bytes);
};

const CYCLES = Number(process.env["BELFRY_CHURN"] ?? 20_000);
const ROUNDS = 4;
/** Bytes a connection may leave behind: noise, since the smallest object of ours takes more. */
const TOLERATED = 24;

/** Serves over TCP for the length of `test`, then checks that the server still answers and nothing is left. */
function serving(service: Service, limits: ServeLimits, test: (server: Server) => Promise<void>): Promise<void> {
  return withoutLeaks(async () => {
    const server = await serve({ port: 0, ...limits }, service);
    try {
      await test(server);
    } finally {
      await server.close();
    }
  });
}

async function expectEcho(server: Server): Promise<void> {
  const closed = happening(server, "closed");
  const conn = await dial(server.addr);
  await conn.write("still there");
  await expectText(conn, "still there");
  await conn.close();
  await closed;
}

describe("a server in trouble", () => {
  it("bears a client that never reads", async () => {
    const flood: Service = async (conn, context) => {
      if (context.id !== "server#1") return echo(conn, context);
      for (;;) await conn.write(new Uint8Array(65_536));
    };
    await serving(flood, {}, async (server) => {
      const deaf = await dial(server.addr);
      await expectEcho(server);
      const [{ bytesQueued } = { bytesQueued: 0 }] = server.connections();
      assert.ok(bytesQueued <= 1_048_576, `${bytesQueued} bytes are queued`);
      assert.deepEqual(await server.shutdown({ timeout: 1 }), { drained: 0, cut: 1 });
      deaf.abort();
    });
  });

  it("gives up flushing to a client that never reads after the close timeout", async () => {
    const service: Service = async (conn) => void conn.write(new Uint8Array(32 * 1_048_576)).catch(() => {});
    await serving(service, { closeTimeout: 20 }, async (server) => {
      const closed = happening(server, "closed");
      const deaf = await dial(server.addr);
      assert.equal((await closed).reason, "returned");
      assert.equal(server.size, 0);
      deaf.abort();
    });
  });

  it("bears a client that never writes", async () => {
    await serving(echo, {}, async (server) => {
      const mute = await dial(server.addr);
      await expectEcho(server);
      assert.equal(server.size, 1);
      mute.abort();
    });
  });

  it("bears resets in the middle of anything", async () => {
    await serving(echo, {}, async (server) => {
      const failed = record(server, "failed");
      for (let i = 0; i < 50; i++) {
        const closed = happening(server, "closed");
        const conn = await dial(server.addr);
        void conn.write(new Uint8Array(i * 4096 + 1)).catch(() => {});
        if (i % 2 === 0) await conn.read();
        conn.abort();
        await closed;
      }
      await expectEcho(server);
      assert.deepEqual(failed, []);
    });
  });

  it("bears 1,000 connections that do nothing", async () => {
    await serving(echo, {}, async (server) => {
      const idle: Conn[] = [];
      for (let i = 0; i < 1000; i++) idle.push(await dial(server.addr));
      await expectEcho(server);
      assert.equal(server.counters.connections_accepted_total, 1001);
      for (const conn of idle) conn.abort();
    });
  });

  it("serves on when its services throw in every way", async () => {
    let turn = 0;
    const thrower: Service = (conn, context) => {
      turn++;
      if (turn % 4 === 0) return echo(conn, context);
      const error = new Error(`fault ${turn}`);
      if (turn % 4 === 1) throw error;
      if (turn % 4 === 2) return Promise.reject(error);
      conn.abort();
      return conn.closed.then(() => Promise.reject(error));
    };
    await serving(thrower, {}, async (server) => {
      for (let i = 0; i < 10; i++) {
        for (let way = 0; way < 3; way++) {
          const failed = happening(server, "failed");
          const conn = await dial(server.addr).catch(() => null);
          await failed;
          conn?.abort();
        }
        await expectEcho(server);
      }
      assert.equal(server.counters.service_failures_total, 30);
    });
  });

  it(`is as it was after ${CYCLES} connects and disconnects`, async () => {
    await serving(echo, {}, async (server) => {
      const churn = async (count: number): Promise<void> => {
        const clients = Array.from({ length: 10 }, async () => {
          for (let i = 0; i < count / 10; i++) {
            const conn = await dial(server.addr);
            await conn.write("x");
            await conn.read();
            // Both sides end it, so that no port is left to wait out its time.
            conn.abort();
          }
        });
        await Promise.all(clients);
        while (server.size > 0) await happening(server, "closed");
      };
      await churn(CYCLES / 10);
      let growth = 0;
      await withoutLeaks(async () => {
        growth = await measureGrowth(() => churn(CYCLES / ROUNDS), ROUNDS);
      });
      const each = growth / (CYCLES / ROUNDS);
      assert.ok(each < TOLERATED, `each round leaves ${growth} bytes, ${each.toFixed(1)} a connection`);
    });
  });
});

describe("running out of descriptors", { skip: process.platform !== "linux" }, () => {
  it("refuses near the limit, tells so, and serves who it has and who comes later", async () => {
    const script = fileURLToPath(new URL("descriptors-child.ts", import.meta.url));
    const command = `ulimit -n 80 && exec "$0" --import tsx "$1"`;
    const child = spawn("sh", ["-c", command, process.execPath, script], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout });
    const next = async (start: string): Promise<string> => {
      for (;;) {
        const [line] = (await once(lines, "line")) as [string];
        if (line.startsWith(start)) return line;
      }
    };
    const port = Number((await next("port ")).slice(5));
    const conns: Conn[] = [];
    const told = Promise.all([next("backedOff "), next("refused ")]);
    let refusals = 0;
    for (let i = 0; i < 100; i++) {
      try {
        const conn = await dial({ port });
        await conn.write("x");
        await conn.read();
        conns.push(conn);
      } catch (error) {
        assert.ok(error instanceof BrokenError);
        refusals++;
      }
    }
    assert.deepEqual(await told, ["backedOff descriptors true", "refused descriptors"]);
    assert.ok(conns.length > 10 && refusals > 10, `${conns.length} served, ${refusals} refused`);
    for (const conn of conns) {
      await conn.write("y");
      await expectText(conn, "y");
      await conn.close();
    }
    const late = await dialUntilServed(port);
    await late.close();
    child.stdin.end();
    const [code] = (await once(child, "exit")) as [number];
    assert.equal(code, 0);
  });
});

/** The server counts again within a second. */
async function dialUntilServed(port: number): Promise<Conn> {
  for (;;) {
    try {
      const conn = await dial({ port });
      await conn.write("z");
      await conn.read();
      return conn;
    } catch (error) {
      assert.ok(error instanceof BrokenError);
    }
  }
}
