import { BrokenError } from "@belfry/net";
import type { Conn } from "@belfry/net";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KickedError } from "../src/index.js";
import type { Server, Service } from "../src/index.js";
import { expectText, gate, happening, record } from "./happening.js";
import type { MemoryListener } from "./memory-listener.js";
import { greet, serving } from "./serving.js";

async function closeAndTell(server: Server, far: Conn): Promise<void> {
  const closed = happening(server, "closed");
  await far.close();
  await closed;
}

describe("serve: instance", () => {
  it("stands in every id", async () => {
    await serving(greet, { name: "echo", instance: "2" }, async (server, listener) => {
      await expectText(listener.dial(), "echo#2-1.");
      assert.deepEqual(
        server.connections().map(({ id }) => id),
        ["echo#2-1"],
      );
    });
  });
});

describe("Server.setMaxConns", () => {
  it("serves who waits, in order, when it grows", async () => {
    await serving(greet, { maxConns: 1 }, async (server, listener) => {
      const fars = [listener.dial(), listener.dial(), listener.dial(), listener.dial()];
      await expectText(fars[0] as Conn, "server#1.");
      await happening(server, "waiting", ({ position }) => position === 3);
      server.setMaxConns(3);
      assert.deepEqual([server.maxConns, server.size, server.waiting], [3, 3, 1]);
      await expectText(fars[1] as Conn, "server#2.");
      await expectText(fars[2] as Conn, "server#3.");
    });
  });

  it("lets those who are served go on when it shrinks, and serves nobody new until there is a place", async () => {
    await serving(greet, { maxConns: 3 }, async (server, listener) => {
      const fars = [listener.dial(), listener.dial()];
      await expectText(fars[0] as Conn, "server#1.");
      await expectText(fars[1] as Conn, "server#2.");
      server.setMaxConns(1);
      const third = listener.dial();
      await happening(server, "waiting");
      await closeAndTell(server, fars[0] as Conn);
      assert.deepEqual([server.size, server.waiting], [1, 1]);
      await closeAndTell(server, fars[1] as Conn);
      await expectText(third, "server#3.");
    });
  });

  it("takes 0: everybody waits", async () => {
    await serving(greet, {}, async (server, listener) => {
      server.setMaxConns(0);
      const waiting = happening(server, "waiting");
      const far = listener.dial();
      await waiting;
      server.setMaxConns(Number.POSITIVE_INFINITY);
      await expectText(far, "server#1.");
    });
  });

  it("serves nobody while the server is suspended", async () => {
    await serving(greet, {}, async (server, listener) => {
      server.setMaxConns(0);
      const waiting = happening(server, "waiting");
      const far = listener.dial();
      await waiting;
      server.suspend();
      server.setMaxConns(1);
      assert.deepEqual([server.size, server.waiting], [0, 1]);
      server.resume();
      await expectText(far, "server#1.");
    });
  });

  for (const wrong of [-1, 1.5, Number.NaN]) {
    it(`turns away ${wrong}`, async () => {
      await serving(greet, {}, async (server) => {
        assert.throws(() => server.setMaxConns(wrong), RangeError);
        assert.equal(server.maxConns, 10_000);
        await Promise.resolve();
      });
    });
  }
});

describe("Server.kick", () => {
  it("resets one connection, tells its service and everybody why, and is no failure", async () => {
    let reason: unknown;
    const service: Service = async (conn, context) => {
      context.signal.addEventListener("abort", () => {
        ({ reason } = context.signal);
      });
      await greet(conn, context);
    };
    const test = async (server: Server, listener: MemoryListener): Promise<void> => {
      const failed = record(server, "failed");
      const [kicked, other] = [listener.dial(), listener.dial()];
      await expectText(kicked, "server#1.");
      await expectText(other, "server#2.");
      const closed = happening(server, "closed");
      assert.equal(server.kick("server#1"), true);
      const event = await closed;
      assert.deepEqual([event.id, event.reason], ["server#1", "kicked"]);
      assert.ok(event.error instanceof KickedError);
      assert.equal(reason, event.error);
      await assert.rejects(kicked.read(), BrokenError);
      await other.write("x");
      await expectText(other, "x");
      assert.deepEqual([failed, server.counters.connections_closed_total.kicked], [[], 1]);
      assert.equal(server.kick("server#1"), false);
    };
    await serving(service, {}, test);
  });

  it("frees the place once the service has ended", async () => {
    const { opened, open } = gate();
    const slow: Service = (_, { id }) => (id === "server#1" ? opened : undefined);
    const test = async (server: Server, listener: MemoryListener): Promise<void> => {
      const waiting = happening(server, "waiting");
      listener.dial();
      listener.dial();
      await waiting;
      server.kick("server#1");
      await new Promise(setImmediate);
      assert.deepEqual([server.size, server.waiting], [1, 1]);
      const closed = happening(server, "closed");
      open();
      assert.equal((await closed).reason, "kicked");
      assert.equal(server.waiting, 0);
    };
    await serving(slow, { maxConns: 1 }, test);
  });

  it("ends a flush that nobody reads", async () => {
    const service: Service = (conn) => void conn.write(new Uint8Array(1 << 20)).catch(() => {});
    const test = async (server: Server, listener: MemoryListener): Promise<void> => {
      const opened = happening(server, "opened");
      listener.dial();
      await opened;
      await new Promise(setImmediate);
      assert.equal(server.connections()[0]?.state, "closing");
      const closed = happening(server, "closed");
      server.kick("server#1");
      assert.equal((await closed).reason, "kicked");
    };
    await serving(service, {}, test);
  });

  it("refuses who waits for a place, and who waits for admit", async () => {
    const admit = (): boolean | Promise<boolean> => (asked++ < 2 ? true : new Promise<boolean>(() => {}));
    let asked = 0;
    let released = 0;
    await serving(greet, { maxConns: 1, admit, onReleased: () => released++ }, async (server, listener) => {
      const refused = record(server, "refused");
      const waiting = happening(server, "waiting");
      listener.dial();
      listener.dial();
      listener.dial();
      await waiting;
      await new Promise(setImmediate);
      assert.deepEqual([server.size, server.waiting], [1, 2]);
      assert.deepEqual(
        [server.kick("server#2"), server.kick("server#3"), server.kick("server#4")],
        [true, true, false],
      );
      assert.deepEqual(
        refused.map(({ reason }) => reason),
        ["kicked", "kicked"],
      );
      assert.deepEqual([server.waiting, released], [0, 1]);
    });
  });

  it("knows no id of another server", async () => {
    await serving(greet, { name: "echo", instance: "2" }, async (server, listener) => {
      await expectText(listener.dial(), "echo#2-1.");
      assert.deepEqual([server.kick("echo#1"), server.kick("echo#3-1"), server.kick("")], [false, false, false]);
      assert.equal(server.kick("echo#2-1"), true);
    });
  });
});
