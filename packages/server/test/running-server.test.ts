import { BrokenError, dial } from "@belfry/net";
import type { Conn } from "@belfry/net";
import { liveTasks } from "@belfry/sync";
import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, it } from "node:test";
import { endIdle, IdleTimeoutError, serve } from "../src/index.js";
import type { Service, ServiceContext } from "../src/index.js";
import { expectText, gate, happening, record } from "./happening.js";
import { MemoryListener } from "./memory-listener.js";
import { serving } from "./serving.js";

const echo: Service = async (conn) => {
  for await (const bytes of conn) await conn.write(bytes);
};

/** Serves in memory for the length of `test`. */
/** What `action` makes happen, the last of it a `closed` event. */
async function eventsOf(service: Service, action: (far: Conn) => void | Promise<void>) {
  let result: { failed: unknown[]; reason: string; error: unknown; far: Conn } | undefined;
  await serving(service, {}, async (server, listener) => {
    const failed = record(server, "failed");
    const closed = happening(server, "closed");
    const far = listener.dial();
    await action(far);
    const { reason, error } = await closed;
    assert.equal(server.size, 0);
    result = { failed: failed.map((event) => event.error), reason, error, far };
  });
  return result as NonNullable<typeof result>;
}

describe("serve: one connection", () => {
  it("runs the service and closes the connection after it", async () => {
    const { reason, error, far, failed } = await eventsOf(
      async (conn) => conn.write("hello"),
      (far) => expectText(far, "hello"),
    );
    assert.equal(await far.read(), null);
    assert.deepEqual([reason, error, failed], ["returned", undefined, []]);
  });

  it("takes a service that is not asynchronous", async () => {
    const { reason } = await eventsOf(
      () => {},
      () => {},
    );
    assert.equal(reason, "returned");
  });

  it("tells what a connection was like when it is over", async () => {
    await serving(echo, { name: "echo" }, async (server, listener) => {
      const opened = happening(server, "opened");
      const closed = happening(server, "closed");
      const far = listener.dial();
      await far.write("12345");
      await far.closeWrite();
      await expectText(far, "12345");
      const { id, waited } = await opened;
      assert.deepEqual([id, waited], ["echo#1", 0]);
      const event = await closed;
      assert.deepEqual([event.server, event.id, event.bytesRead, event.bytesWritten], ["echo", "echo#1", 5, 5]);
      assert.ok(event.duration >= 0);
    });
  });
});

describe("serve: a service that throws", () => {
  const error = new Error("service's fault");

  it("synchronously ends its own connection", async () => {
    const end = await eventsOf(
      () => {
        throw error;
      },
      () => {},
    );
    assert.deepEqual([end.failed, end.reason, end.error], [[error], "failed", error]);
    await assert.rejects(end.far.read(), BrokenError);
  });

  it("asynchronously ends its own connection", async () => {
    const end = await eventsOf(
      async (conn) => {
        await conn.read();
        throw error;
      },
      (far) => far.write("x"),
    );
    assert.deepEqual([end.failed, end.reason, end.error], [[error], "failed", error]);
  });

  it("after its connection is gone ends nothing else", async () => {
    const end = await eventsOf(
      async (conn) => {
        await conn.close();
        await conn.closed;
        throw error;
      },
      () => {},
    );
    assert.deepEqual([end.failed, end.reason], [[error], "failed"]);
  });

  it("something that is no Error is reported as it is", async () => {
    const end = await eventsOf(
      () => Promise.reject(undefined),
      () => {},
    );
    assert.deepEqual([end.failed, end.reason], [[undefined], "failed"]);
  });

  it("leaves the others alone", async () => {
    const flaky: Service = async (conn, context) => {
      if (context.id.endsWith("#2")) throw error;
      await echo(conn, context);
    };
    await serving(flaky, {}, async (server, listener) => {
      const failed = happening(server, "failed");
      const first = listener.dial();
      await first.write("a");
      listener.dial();
      await failed;
      const third = listener.dial();
      await third.write("c");
      await expectText(first, "a");
      await expectText(third, "c");
      assert.equal(server.counters.service_failures_total, 1);
    });
  });

  it("the peer's reset is told as broken, not as a failure", async () => {
    const end = await eventsOf(
      async (conn) => void (await conn.read()),
      (far) => far.abort(),
    );
    assert.deepEqual([end.failed, end.reason], [[], "broken"]);
    assert.ok(end.error instanceof BrokenError);
  });
});

describe("ServiceContext.group", () => {
  it("is waited for after the service has returned", async () => {
    const { opened, open } = gate();
    const { far, reason } = await eventsOf(
      (conn, { group }) => {
        void group.go(async () => {
          await opened;
          await conn.write("late");
        });
      },
      (far) => {
        open();
        return expectText(far, "late");
      },
    );
    assert.equal(await far.read(), null);
    assert.equal(reason, "returned");
  });

  it("fails the connection with the error of its first task to fail", async () => {
    const error = new Error("task's fault");
    const end = await eventsOf(
      async (conn, { group }) => {
        void group.go(async () => {
          throw error;
        });
        // Not told to stop by anything but the connection's end.
        await conn.read();
      },
      () => {},
    );
    assert.deepEqual([end.failed, end.reason, end.error], [[error], "failed", error]);
  });

  it("is cancelled when the service throws", async () => {
    const error = new Error("service's fault");
    let reason: unknown;
    const end = await eventsOf(
      async (conn, { group }) => {
        void group.go(async (signal) => {
          await conn.read({ signal }).catch(() => {});
          reason = signal.reason;
        });
        await Promise.resolve();
        throw error;
      },
      () => {},
    );
    assert.equal(reason, error);
    assert.deepEqual(end.failed, [error]);
  });

  it("may be called off by the service, which harms nothing", async () => {
    const { far, failed, reason } = await eventsOf(
      async (conn, { group }) => {
        void group.go(async (signal) => void (await conn.read({ signal })));
        group.cancel();
        await group.wait();
        await conn.write("still here");
      },
      (far) => expectText(far, "still here"),
    );
    assert.equal(await far.read(), null);
    assert.deepEqual([failed, reason], [[], "returned"]);
  });

  it("lists its tasks under the connection's name", async () => {
    await serving(
      (conn, { group }) => {
        void group.go(async (signal) => void (await conn.read({ signal })), "reader");
      },
      { name: "split" },
      async (server, listener) => {
        const opened = happening(server, "opened");
        listener.dial();
        await opened;
        await new Promise(setImmediate);
        assert.ok(liveTasks().some(({ name, group }) => name === "reader" && group === "split#1"));
      },
    );
  });
});

describe("ServiceContext", () => {
  it("can be taken apart", async () => {
    let parts: ServiceContext | undefined;
    await eventsOf(
      (_conn, { draining, signal, group, id }) => {
        parts = { draining, signal, group, id };
      },
      () => {},
    );
    assert.equal(parts?.id, "server#1");
    assert.equal(parts?.draining.aborted, false);
  });

  it("gives the same signals and group each time", async () => {
    let isSame = false;
    await eventsOf(
      (_conn, context) => {
        isSame =
          context.signal === context.signal && context.draining === context.draining && context.group === context.group;
      },
      () => {},
    );
    assert.equal(isSame, true);
  });

  it("aborts signal when the peer has broken the connection", async () => {
    let signal: AbortSignal | undefined;
    const end = await eventsOf(
      async (conn, context) => {
        signal = context.signal;
        await conn.read();
      },
      (far) => far.abort(),
    );
    // Two operations met the same break, each with an error of its own.
    assert.ok(signal?.reason instanceof BrokenError && end.error instanceof BrokenError);
    assert.equal(signal.reason.cause, end.error.cause);
  });

  it("leaves signal alone when the service returns", async () => {
    let signal: AbortSignal | undefined;
    await eventsOf(
      (_conn, context) => {
        signal = context.signal;
      },
      () => {},
    );
    assert.equal(signal?.aborted, false);
  });
});

describe("maxConns and maxWaiting", () => {
  it("serves one at a time, in the order they came", async () => {
    const service: Service = async (conn, { id }) => {
      await conn.write(id);
      await conn.read();
    };
    await serving(service, { maxConns: 1 }, async (server, listener) => {
      const waiting = happening(server, "waiting", (event) => event.position === 2);
      const [a, b, c] = [listener.dial(), listener.dial(), listener.dial()];
      await expectText(a, "server#1");
      await waiting;
      assert.deepEqual([server.size, server.waiting], [1, 2]);
      assert.deepEqual(
        server.connections().map(({ id, state }) => [id, state]),
        [
          ["server#1", "serving"],
          ["server#2", "waiting"],
          ["server#3", "waiting"],
        ],
      );
      await a.close();
      await expectText(b, "server#2");
      assert.equal(server.waiting, 1);
      await b.close();
      await expectText(c, "server#3");
      assert.equal(server.waiting, 0);
    });
  });

  it("resets who finds the waiting room full", async () => {
    await serving(echo, { maxConns: 1, maxWaiting: 1 }, async (server, listener) => {
      const refused = happening(server, "refused");
      listener.dial();
      listener.dial();
      const third = listener.dial();
      assert.equal((await refused).reason, "full");
      await assert.rejects(third.read(), BrokenError);
      assert.equal(server.counters.connections_refused_total.full, 1);
      assert.deepEqual([server.size, server.waiting], [1, 1]);
    });
  });

  it("frees the place of who leaves before its turn", async () => {
    await serving(echo, { maxConns: 1, maxWaiting: 1 }, async (server, listener) => {
      listener.dial();
      const waiting = happening(server, "waiting");
      listener.dial();
      const second = listener.dialled;
      await waiting;
      const refused = happening(server, "refused");
      // As when the system reports a reset on it.
      second?.abort();
      assert.equal((await refused).reason, "abandoned");
      assert.equal(server.waiting, 0);
    });
  });
});

describe("Server.suspend", () => {
  it("serves nobody new until resume, and goes on with the others", async () => {
    await serving(echo, {}, async (server, listener) => {
      const opened = happening(server, "opened");
      const first = listener.dial();
      await opened;
      server.suspend();
      server.suspend();
      assert.equal(server.state, "suspended");
      const second = listener.dial();
      const written = second.write("second");
      await first.write("first");
      await expectText(first, "first");
      assert.equal(server.size, 1);
      server.resume();
      server.resume();
      await expectText(second, "second");
      await written;
      assert.equal(server.state, "serving");
    });
  });

  it("keeps the waiting room shut too", async () => {
    await serving(echo, { maxConns: 1 }, async (server, listener) => {
      const waiting = happening(server, "waiting");
      const first = listener.dial();
      const second = listener.dial();
      await waiting;
      server.suspend();
      const closed = happening(server, "closed");
      await first.close();
      await closed;
      assert.deepEqual([server.size, server.waiting], [0, 1]);
      const resumed = happening(server, "resumed");
      server.resume();
      await resumed;
      await second.write("x");
      await expectText(second, "x");
    });
  });
});

describe("idleTimeout", () => {
  it("closes the connection of a peer that is silent, and says why", async () => {
    let reason: unknown;
    const service: Service = async (conn, { signal }) => {
      signal.addEventListener("abort", () => {
        reason = signal.reason;
      });
      for await (const _ of conn);
    };
    await serving(service, { idleTimeout: 40 }, async (server, listener) => {
      const closed = happening(server, "closed");
      const failed = record(server, "failed");
      const far = listener.dial();
      assert.equal(await far.read(), null);
      const event = await closed;
      assert.equal(event.reason, "idle");
      assert.ok(event.duration >= 40, `cut after ${event.duration} ms`);
      assert.equal((event.error as { code: string }).code, "ERR_IDLE_TIMEOUT");
      assert.equal(reason, event.error);
      assert.deepEqual(failed, []);
    });
  });

  it("is the reason where a service says it has ended for one of its own", async () => {
    const finished = gate();
    const service: Service = async (conn, context) => {
      void context.group.go(async () => {
        await finished.opened;
        await conn.write("of a task. ");
      });
      await conn.write("421 too silent. ");
      endIdle(context, 1000);
    };
    await serving(service, {}, async (server, listener) => {
      const closed = happening(server, "closed");
      const failed = record(server, "failed");
      const far = listener.dial();
      await expectText(far, "421 too silent. ");
      finished.open();
      await expectText(far, "of a task. ");
      assert.equal(await far.read(), null);
      const { reason, error } = await closed;
      assert.equal(reason, "idle");
      assert.ok(error instanceof IdleTimeoutError && error.timeout === 1000);
      assert.deepEqual([failed, server.counters.connections_closed_total.idle], [[], 1]);
    });
  });

  it("resets a connection one of whose tasks fails after its service has found the peer silent", async () => {
    const service: Service = (_conn, context) => {
      void context.group.go(() => Promise.reject(new Error("too late")));
      endIdle(context, 1000);
    };
    await serving(service, {}, async (server, listener) => {
      const closed = happening(server, "closed");
      const far = listener.dial();
      await assert.rejects(far.read(), BrokenError);
      assert.equal((await closed).reason, "failed");
    });
  });

  it("lets nothing that this side writes count", async () => {
    const chatty: Service = async (conn, { signal }) => {
      while (!signal.aborted) {
        await conn.write("tick");
        await new Promise(setImmediate);
      }
    };
    await serving(chatty, { idleTimeout: 40 }, async (server, listener) => {
      const closed = happening(server, "closed");
      const far = listener.dial();
      for await (const _ of far);
      assert.equal((await closed).reason, "idle");
    });
  });
});

describe("counters", () => {
  it("add up what is over and what is open", async () => {
    await serving(echo, {}, async (server, listener) => {
      const closed = happening(server, "closed");
      for (const text of ["one", "four"]) {
        const far = listener.dial();
        await far.write(text);
        await expectText(far, text);
        if (text === "one") await far.close();
      }
      await closed;
      const counters = server.counters;
      assert.equal(counters.connections_accepted_total, 2);
      assert.equal(counters.connections_open, 1);
      assert.deepEqual(counters.connections_closed_total, {
        returned: 1,
        failed: 0,
        broken: 0,
        idle: 0,
        kicked: 0,
        cut: 0,
      });
      assert.deepEqual([counters.read_bytes_total, counters.written_bytes_total], [7, 7]);
    });
  });
});

describe("accept errors", () => {
  it("are told, and the server goes on", async () => {
    await serving(echo, {}, async (server, listener) => {
      const failed = happening(server, "acceptFailed");
      const backedOff = happening(server, "backedOff");
      const error = new BrokenError({ op: "accept" }, Object.assign(new Error("x"), { code: "EMFILE" }));
      listener.fail(error);
      const far = listener.dial();
      await far.write("x");
      await expectText(far, "x");
      assert.deepEqual(await failed, { server: "server", error, kind: "backOff" });
      assert.deepEqual(await backedOff, { server: "server", shortage: "EMFILE", delay: 5 });
      assert.equal(server.counters.accept_errors_total, 1);
    });
  });

  it("that end the listener end the server, after those it serves", async () => {
    const listener = new MemoryListener();
    const server = await serve({ listener }, echo);
    const finished = happening(server, "finished");
    const draining = happening(server, "draining");
    const far = listener.dial();
    await far.write("x");
    await expectText(far, "x");
    const error = new BrokenError({ op: "accept" }, Object.assign(new Error("x"), { code: "EBADF" }));
    listener.fail(error);
    await draining;
    await far.close();
    assert.equal((await finished).error, error);
    await assert.rejects(server.finished, (thrown) => thrown === error);
    assert.deepEqual(await server.shutdown(), { drained: 1, cut: 0 });
  });
});

describe("diagnostics_channel", () => {
  it("carries the events of every server under their names", async () => {
    const published: string[] = [];
    const names = ["listening", "opened", "closed", "suspended", "resumed", "draining", "finished"];
    const subscribed = names.map((name) => {
      const subscriber = (event: unknown): void => {
        if ((event as { server: string }).server === "channelled") published.push(name);
      };
      subscribe(`belfry:server:${name}`, subscriber);
      return () => unsubscribe(`belfry:server:${name}`, subscriber);
    });
    await serving(echo, { name: "channelled" }, async (server, listener) => {
      const closed = happening(server, "closed");
      await listener.dial().close();
      await closed;
      server.suspend();
      server.resume();
    });
    for (const unsubscribe of subscribed) unsubscribe();
    assert.deepEqual(published, names);
  });
});

describe("listTasks", () => {
  it("lists each service as a task of the server", async () => {
    await serving(echo, { name: "listed", listTasks: true }, async (server, listener) => {
      const far = listener.dial();
      await far.write("x");
      await expectText(far, "x");
      const names = () =>
        liveTasks()
          .filter(({ group }) => group === "listed")
          .map(({ name }) => name);
      assert.deepEqual(names(), ["listed#1"]);
      const closed = happening(server, "closed");
      await far.close();
      await closed;
      await new Promise(setImmediate);
      assert.deepEqual(names(), []);
    });
  });
});

describe("maxConnsPerAddress", () => {
  it("resets further connections of one address until one leaves", async () => {
    const server = await serve({ port: 0, maxConnsPerAddress: 1 }, echo);
    try {
      const first = await dial(server.addr);
      await first.write("x");
      await expectText(first, "x");
      const refused = happening(server, "refused");
      // The reset may come before the dial has seen the connection.
      const second = dial(server.addr).then((conn) => conn.read());
      assert.equal((await refused).reason, "address");
      await assert.rejects(second, BrokenError);
      const closed = happening(server, "closed");
      await first.close();
      await closed;
      const third = await dial(server.addr);
      await third.write("y");
      await expectText(third, "y");
      await third.close();
    } finally {
      await server.close();
    }
  });
});
