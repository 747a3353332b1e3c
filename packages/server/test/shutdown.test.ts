import { BrokenError, dial } from "@belfry/net";
import type { Conn } from "@belfry/net";
import { Group } from "@belfry/sync";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { onDrain, serve, ShutdownError } from "../src/index.js";
import type { Server, Service } from "../src/index.js";
import { expectText, gate, happening, record } from "./happening.js";
import { MemoryListener } from "./memory-listener.js";

const echo: Service = async (conn) => {
  for await (const bytes of conn) await conn.write(bytes);
};

/** Ends its echo when the server drains. */
const polite: Service = async (conn, { draining }) => {
  for (;;) {
    const bytes = await conn.read({ signal: draining });
    if (bytes === null) return;
    await conn.write(bytes);
  }
};

const stuck: Service = () => new Promise(() => {});

/** Dials, and waits until the service has the connection. */
async function open(server: Server): Promise<Conn> {
  const opened = happening(server, "opened");
  const conn = await dial(server.addr);
  await opened;
  return conn;
}

describe("Server.shutdown", () => {
  it("lets an idle and a busy service finish and cuts the stuck one at the timeout", async () => {
    const { opened: released, open: release } = gate();
    const busy: Service = async (conn) => {
      await conn.read();
      await released;
      await conn.write("whole echo");
    };
    const server = await serve({ port: 0 }, (conn, context) => {
      const service = [polite, busy, stuck][Number(context.id.split("#")[1]) - 1] as Service;
      return service(conn, context);
    });
    const closed = record(server, "closed");
    const idle = await open(server);
    const midEcho = await open(server);
    const hung = await open(server);
    await midEcho.write("x");
    const outcome = server.shutdown({ timeout: 100 });
    assert.equal(server.state, "draining");
    assert.equal(await idle.read(), null);
    release();
    await expectText(midEcho, "whole echo");
    assert.equal(await midEcho.read(), null);
    await assert.rejects(hung.read(), BrokenError);
    assert.deepEqual(await outcome, { drained: 2, cut: 1 });
    assert.deepEqual(
      closed.map(({ id, reason }) => [id, reason]),
      [
        ["server#1", "returned"],
        ["server#2", "returned"],
        ["server#3", "cut"],
      ],
    );
    assert.equal(server.state, "finished");
    assert.equal(server.size, 0);
    await server.finished;
    for (const conn of [idle, midEcho, hung]) await conn.close();
  });

  it("refuses new dials from the first moment", async () => {
    const server = await serve({ port: 0 }, echo);
    const conn = await open(server);
    const outcome = server.shutdown();
    await assert.rejects(
      dial(server.addr),
      (error: BrokenError) => (error.cause as NodeJS.ErrnoException).code === "ECONNREFUSED",
    );
    await conn.write("still served");
    await expectText(conn, "still served");
    await conn.close();
    assert.deepEqual(await outcome, { drained: 1, cut: 0 });
  });

  it("resets those in the waiting room", async () => {
    const listener = new MemoryListener();
    const server = await serve({ listener, maxConns: 1 }, polite);
    const waiting = happening(server, "waiting");
    const refused = happening(server, "refused");
    listener.dial();
    const second = listener.dial();
    await waiting;
    assert.deepEqual(await server.shutdown(), { drained: 1, cut: 0 });
    assert.equal((await refused).reason, "draining");
    await assert.rejects(second.read(), BrokenError);
    assert.equal(server.counters.connections_refused_total.draining, 1);
  });

  it("tells each service at once, and why", async () => {
    const reasons: unknown[] = [];
    const listener = new MemoryListener();
    const server = await serve({ listener }, async (conn, { draining }) => {
      // Asked for before and after.
      await conn.read({ signal: draining }).catch((error: unknown) => reasons.push(error));
      reasons.push(draining.reason);
    });
    const opened = happening(server, "opened");
    listener.dial();
    await opened;
    const failed = record(server, "failed");
    await server.shutdown();
    assert.equal(reasons.length, 2);
    assert.ok(reasons.every((reason) => reason instanceof ShutdownError));
    assert.deepEqual(failed, []);
  });

  it("calls those who only want to be told of the drain, once each, and at once who comes later", async () => {
    const told: string[] = [];
    const server = await serve({ port: 0 }, async (conn, context) => {
      onDrain(context, () => {
        told.push("first");
        onDrain(context, () => told.push("late"));
        void conn.closeRead();
      });
      onDrain(context, () => told.push("taken off"))();
      onDrain(context, () => told.push("second"));
      await conn.read();
    });
    await open(server);
    assert.deepEqual(await server.shutdown(), { drained: 1, cut: 0 });
    assert.deepEqual(told, ["first", "late", "second"]);
  });

  it("tells by the signal where the context is not a server's", () => {
    const draining = new AbortController();
    const { signal } = new AbortController();
    const context = { draining: draining.signal, signal, group: new Group(), id: "alone" };
    const told: string[] = [];
    onDrain(context, () => told.push("taken off"))();
    onDrain(context, () => told.push("told"));
    draining.abort();
    onDrain(context, () => told.push("late"));
    assert.deepEqual(told, ["told", "late"]);
  });

  it("fails the connection of a drain listener that throws, and no other", async () => {
    const failures: unknown[] = [];
    const server = await serve({ port: 0 }, async (conn, context) => {
      onDrain(context, () => {
        if (context.id.endsWith("#1")) throw new Error("no drain");
        void conn.closeRead();
      });
      await conn.read();
    });
    server.on("failed", ({ error }) => failures.push((error as Error).message));
    await open(server);
    await open(server);
    await server.shutdown();
    assert.deepEqual(failures, ["no drain"]);
  });

  it("takes the drain's own error for a return", async () => {
    const listener = new MemoryListener();
    const server = await serve({ listener }, polite);
    const closed = happening(server, "closed");
    const opened = happening(server, "opened");
    listener.dial();
    await opened;
    await server.shutdown();
    assert.equal((await closed).reason, "returned");
    assert.equal(server.counters.service_failures_total, 0);
  });

  it("lets tasks finish when their service has ended with the drain's own error", async () => {
    const { opened: released, open: release } = gate();
    const listener = new MemoryListener();
    const server = await serve({ listener }, async (conn, { draining, group }) => {
      void group.go(async () => {
        await released;
        await conn.write("echo under way");
      });
      await conn.read({ signal: draining });
    });
    const opened = happening(server, "opened");
    const far = listener.dial();
    await opened;
    const outcome = server.shutdown();
    await new Promise(setImmediate);
    release();
    await expectText(far, "echo under way");
    assert.deepEqual(await outcome, { drained: 1, cut: 0 });
  });

  it("aborts signal when the time has run out", async () => {
    let reason: unknown;
    const listener = new MemoryListener();
    const server = await serve({ listener }, async (conn, { signal }) => {
      signal.addEventListener("abort", () => {
        reason = signal.reason;
      });
      await conn.read();
    });
    const opened = happening(server, "opened");
    const failed = record(server, "failed");
    listener.dial();
    await opened;
    assert.deepEqual(await server.shutdown({ timeout: 1 }), { drained: 0, cut: 1 });
    assert.ok(reason instanceof ShutdownError);
    await new Promise(setImmediate);
    assert.deepEqual(failed, []);
  });

  it("still tells of a service that fails after it was cut", async () => {
    const error = new Error("clean-up's fault");
    const listener = new MemoryListener();
    const server = await serve({ listener }, async (conn) => {
      await conn.read().catch(() => {});
      throw error;
    });
    const opened = happening(server, "opened");
    const failed = happening(server, "failed");
    listener.dial();
    await opened;
    await server.close();
    assert.equal((await failed).error, error);
  });

  it("is shared by all who call", async () => {
    const server = await serve({ listener: new MemoryListener() }, echo);
    const finished = record(server, "finished");
    const first = server.shutdown();
    assert.equal(server.shutdown({ timeout: 5 }), first);
    assert.deepEqual(await first, { drained: 0, cut: 0 });
    assert.equal(server.shutdown(), first);
    await server.close();
    assert.equal(finished.length, 1);
  });

  it("may be called by whom it tells", async () => {
    const server = await serve({ listener: new MemoryListener() }, echo);
    const finished = record(server, "finished");
    server.on("draining", () => server.close());
    await server.shutdown();
    assert.equal(finished.length, 1);
  });

  it("comes before the first connection when it is called at once", async () => {
    const server = await serve({ port: 0 }, echo);
    const listening = record(server, "listening");
    await server.shutdown();
    assert.deepEqual(listening, []);
  });

  it("works on a suspended server", async () => {
    const server = await serve({ port: 0 }, echo);
    server.suspend();
    assert.deepEqual(await server.shutdown(), { drained: 0, cut: 0 });
    server.resume();
    assert.equal(server.state, "finished");
  });

  it("rejects a timeout that is none", async () => {
    const server = await serve({ listener: new MemoryListener() }, echo);
    assert.throws(() => server.shutdown({ timeout: -1 }), RangeError);
    await server.close();
  });
});

describe("Server.close", () => {
  it("cuts at once", async () => {
    const server = await serve({ port: 0 }, stuck);
    const conn = await open(server);
    await server.close();
    assert.deepEqual(await server.shutdown(), { drained: 0, cut: 1 });
    await assert.rejects(conn.read(), BrokenError);
    await conn.close();
  });

  it("hurries a drain that is under way", async () => {
    const server = await serve({ port: 0, shutdownTimeout: Number.POSITIVE_INFINITY }, stuck);
    const conn = await open(server);
    const outcome = server.shutdown();
    await server.close();
    assert.deepEqual(await outcome, { drained: 0, cut: 1 });
    conn.abort();
  });
});

describe("Server[Symbol.asyncDispose]", () => {
  it("drains", async () => {
    const server = await serve({ port: 0 }, polite);
    const conn = await open(server);
    await server[Symbol.asyncDispose]();
    assert.equal(await conn.read(), null);
    await conn.close();
  });
});
