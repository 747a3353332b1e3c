import { Addr, BrokenError, pipe } from "@belfry/net";
import type { Conn } from "@belfry/net";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Server } from "../src/index.js";
import { Policy } from "../src/policy.js";
import { expectText, happening, record } from "./happening.js";
import { greet, serving } from "./serving.js";

/** An `admit` that is answered by hand, in any order. */
function answering() {
  const asked: { readonly answer: (value: boolean) => void; readonly fail: (error: unknown) => void }[] = [];
  const admit = (): Promise<boolean> =>
    new Promise((resolve, reject) => {
      asked.push({ answer: resolve, fail: reject });
    });
  const answer = (index: number, value: boolean): void => asked[index]?.answer(value);
  return { asked, admit, answer };
}

const turn = (): Promise<void> => new Promise(setImmediate);

describe("Policy", () => {
  const arriving = (): Conn => {
    const [conn] = pipe();
    return Object.create(conn, { remoteAddr: { value: new Addr("tcp", "192.0.2.1", 7) } }) as Conn;
  };

  it("answers without a promise where the hook does", () => {
    const policy = new Policy(
      ({ remoteAddr }) => remoteAddr.port === 7,
      () => {},
      () => assert.fail("it did not fail"),
    );
    assert.equal(policy.ask(arriving()), true);
  });

  for (const answer of [undefined, null, 1, "true", {}]) {
    it(`does not take ${JSON.stringify(answer)} for an answer`, async () => {
      const errors: unknown[] = [];
      const policy = new Policy(
        () => answer as boolean,
        () => {},
        (_, error) => errors.push(error),
      );
      assert.equal(await policy.ask(arriving()), false);
      assert.ok(errors[0] instanceof TypeError);
      assert.match(errors[0].message, /^Cannot admit 192\.0\.2\.1:7: /);
    });
  }
});

describe("serve: admit", () => {
  it("is asked before anything is served, and refuses with reason policy", async () => {
    let asked = 0;
    await serving(greet, { admit: () => ++asked !== 2 }, async (server, listener) => {
      const first = listener.dial();
      await expectText(first, "server#1.");
      const refused = happening(server, "refused");
      const second = listener.dial();
      assert.equal((await refused).reason, "policy");
      await assert.rejects(second.read(), BrokenError);
      await expectText(listener.dial(), "server#3.");
      assert.equal(server.counters.connections_refused_total.policy, 1);
    });
  });

  it("holds a connection, unread, until its promise settles", async () => {
    const { admit, answer } = answering();
    await serving(greet, { admit }, async (server, listener) => {
      const opened = record(server, "opened");
      const far = listener.dial();
      await far.write("early");
      await turn();
      assert.deepEqual([server.size, server.waiting, opened.length], [0, 1, 0]);
      assert.deepEqual(
        server.connections().map(({ id, state, bytesRead }) => [id, state, bytesRead]),
        [["server#1", "waiting", 0]],
      );
      answer(0, true);
      await expectText(far, "server#1.early");
      assert.deepEqual([server.size, server.waiting, opened.length], [1, 0, 1]);
    });
  });

  it("serves in the order of the answers", async () => {
    const { admit, answer } = answering();
    await serving(greet, { admit }, async (_, listener) => {
      const [slow, fast] = [listener.dial(), listener.dial()];
      await turn();
      answer(1, true);
      await expectText(fast, "server#2.");
      answer(0, true);
      await expectText(slow, "server#1.");
    });
  });

  for (const [what, admit] of [
    ["throws", () => assert.fail("no")],
    ["rejects", () => Promise.reject(new Error("no"))],
  ] as const) {
    it(`refuses, and tells so, when the hook ${what}`, async () => {
      await serving(greet, { admit }, async (server, listener) => {
        const failed = happening(server, "policyFailed");
        const refused = happening(server, "refused");
        listener.dial();
        assert.equal(((await failed).error as Error).message, "no");
        assert.equal((await refused).reason, "policy");
        assert.deepEqual([server.size, server.waiting], [0, 0]);
      });
    });
  }

  it("is not asked about who would find neither a place nor a seat", async () => {
    const { admit, asked, answer } = answering();
    await serving(greet, { admit, maxConns: 1, maxWaiting: 1 }, async (server, listener) => {
      const refused = happening(server, "refused");
      const fars = [listener.dial(), listener.dial(), listener.dial()];
      assert.equal((await refused).reason, "full");
      assert.deepEqual([asked.length, server.waiting], [2, 2]);
      answer(0, true);
      await expectText(fars[0] as Conn, "server#1.");
      answer(1, true);
      await happening(server, "waiting");
      assert.deepEqual([server.size, server.waiting], [1, 1]);
    });
  });

  it("asks with a waiting room of no seat while there are places", async () => {
    await serving(greet, { admit: async () => true, maxConns: 2, maxWaiting: 0 }, async (_, listener) => {
      const fars = [listener.dial(), listener.dial()];
      for (const [i, far] of fars.entries()) await expectText(far, `server#${i + 1}.`);
    });
  });

  it("does not keep a shutdown waiting, and who comes too late is given back", async () => {
    const { admit, answer } = answering();
    let released = 0;
    await serving(greet, { admit, onReleased: () => released++ }, async (server, listener) => {
      const refused = record(server, "refused");
      listener.dial();
      listener.dial();
      await turn();
      assert.deepEqual(await server.shutdown(), { drained: 0, cut: 0 });
      assert.deepEqual(
        refused.map(({ reason }) => reason),
        ["draining", "draining"],
      );
      answer(0, true);
      answer(1, false);
      await turn();
      assert.equal(released, 1);
      assert.equal(server.counters.connections_refused_total.policy, 0);
    });
  });

  it("may shut the server down", async () => {
    const server: Server[] = [];
    const admit = (): boolean => {
      void server[0]?.shutdown();
      return true;
    };
    await serving(greet, { admit }, async (running, listener) => {
      server.push(running);
      const refused = happening(running, "refused");
      listener.dial();
      assert.equal((await refused).reason, "draining");
      await running.finished;
    });
  });
});

describe("serve: onReleased", () => {
  it("is called once for each that was admitted, whatever became of it", async () => {
    const released: Addr[] = [];
    const onReleased = ({ remoteAddr }: { remoteAddr: Addr }): void => void released.push(remoteAddr);
    await serving(greet, { maxConns: 1, maxWaiting: 1, onReleased }, async (server, listener) => {
      const served = listener.dial();
      await expectText(served, "server#1.");
      const waiting = happening(server, "waiting");
      listener.dial();
      const waits = listener.dialled;
      await waiting;
      const full = happening(server, "refused");
      listener.dial();
      await full;
      const abandoned = happening(server, "refused");
      waits?.abort();
      await abandoned;
      const closed = happening(server, "closed");
      await served.close();
      await closed;
    });
    // One was served and one left the waiting room; the third was never admitted, for it found no seat.
    assert.equal(released.length, 2);
  });

  it("tells what it throws by policyFailed, and disturbs nobody", async () => {
    const onReleased = (): void => assert.fail("lost count");
    await serving(greet, { onReleased }, async (server, listener) => {
      const failed = happening(server, "policyFailed");
      await listener.dial().close();
      assert.equal(((await failed).error as Error).message, "lost count");
      await expectText(listener.dial(), "server#2.");
    });
  });

  it("does not hear of who was refused", async () => {
    let released = 0;
    await serving(greet, { admit: () => false, onReleased: () => released++ }, async (server, listener) => {
      const refused = happening(server, "refused");
      listener.dial();
      await refused;
    });
    assert.equal(released, 0);
  });
});
