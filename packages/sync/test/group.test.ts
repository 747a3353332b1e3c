import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { Channel } from "../src/channel.js";
import { Group } from "../src/group.js";
import { settle, watch } from "./outcome.js";

async function untilAborted(signal: AbortSignal): Promise<void> {
  await new Channel<never>().receive({ signal });
}

describe("Group", () => {
  it("turns away a limit that is no whole number of at least 1", () => {
    for (const limit of [0, -1, 2.5, Number.NaN]) assert.throws(() => new Group({ limit }), RangeError);
  });

  it("waits until every task has ended", async () => {
    const group = new Group();
    const gate = new Channel<never>();
    let ended = 0;
    for (let i = 0; i < 3; i++) {
      await group.go(async () => {
        await gate.receive();
        ended++;
      });
    }
    assert.equal(group.size, 3);
    const waited = watch(group.wait());
    await settle();
    assert.equal(waited().state, "waiting");
    gate.close();
    await settle();
    assert.deepEqual([waited().state, ended, group.size], ["resolved", 3, 0]);
  });

  it("cancels the other tasks with the first error and rejects wait with it, unchanged", async () => {
    const group = new Group();
    const first = new Error("first");
    let reason: unknown;
    await group.go(async (signal) => {
      await untilAborted(signal).catch((error: unknown) => (reason = error));
      throw new Error("second");
    });
    await group.go(() => Promise.reject(first));
    await assert.rejects(group.wait(), (error) => error === first);
    assert.equal(reason, first);
    assert.equal(group.signal.aborted, true);
    assert.equal(group.signal.reason, first);
    await assert.rejects(group.wait(), (error) => error === first);
  });

  it("takes what a task throws synchronously as its error, undefined too", async () => {
    const group = new Group();
    const thrown: unknown = undefined;
    await group.go(() => {
      throw thrown;
    });
    assert.deepEqual(await group.wait().catch((error: unknown) => [error]), [undefined]);
  });

  it("reports nothing as unhandled when nobody waits", async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): unknown => unhandled.push(reason);
    process.on("unhandledRejection", listener);
    const group = new Group({ limit: 1 });
    void group.go(() => Promise.reject(new Error("nobody looks")));
    void group.go(() => Promise.reject(new Error("here either")));
    await settle();
    await settle();
    process.off("unhandledRejection", listener);
    assert.deepEqual(unhandled, []);
  });

  it("takes a task that is no async function", async () => {
    const group = new Group();
    await group.go(() => {});
    assert.equal(group.size, 0);
    await group.wait();
  });
});

describe("Group.go()", () => {
  it("starts the task before it returns", async () => {
    const group = new Group();
    let isStarted = false;
    const started = group.go(() => {
      isStarted = true;
    });
    assert.equal(isStarted, true);
    await started;
  });

  it("waits for a slot at the limit, first come, first served", async () => {
    const group = new Group({ limit: 2 });
    const gate = new Channel<never>();
    const order: number[] = [];
    const task = (i: number) => async (): Promise<void> => {
      order.push(i);
      await gate.receive();
    };
    await group.go(task(1));
    await group.go(task(2));
    const [third, fourth] = [watch(group.go(task(3))), watch(group.go(task(4)))];
    await settle();
    assert.deepEqual([group.size, third().state, order], [2, "waiting", [1, 2]]);
    assert.equal(
      group.tryGo(() => {}),
      false,
    );
    gate.close();
    await group.wait();
    assert.deepEqual([order, third().state, fourth().state], [[1, 2, 3, 4], "resolved", "resolved"]);
  });

  it("starts any number of waiting tasks that end at once", async () => {
    const group = new Group({ limit: 1 });
    const gate = new Channel<never>();
    let ran = 0;
    void group.go(async () => void (await gate.receive()));
    for (let i = 0; i < 50_000; i++) void group.go(() => void ran++);
    gate.close();
    await group.wait();
    assert.equal(ran, 50_000);
  });

  it("starts a task in a cancelled group with its signal aborted", async () => {
    const group = new Group();
    group.cancel("stop");
    let reason: unknown;
    await group.go((signal) => {
      reason = signal.reason;
    });
    assert.equal(reason, "stop");
    await group.wait();
  });

  it("turns away what is no function", async () => {
    await assert.rejects(new Group().go(5 as unknown as () => void), TypeError);
    assert.throws(() => new Group().tryGo(5 as unknown as () => void), TypeError);
  });
});

describe("Group.cancel()", () => {
  it("aborts the signal with its reason, and what rejects because of it is no error", async () => {
    const group = new Group();
    await group.go(untilAborted);
    await group.go((signal) => untilAborted(signal).catch((cause) => Promise.reject(new Error("wrapped", { cause }))));
    await group.go(async (signal) => {
      await untilAborted(signal).catch(() => {});
      throw new DOMException("some library's", "AbortError");
    });
    group.cancel("enough");
    group.cancel("more than enough");
    await group.wait();
    assert.equal(group.signal.reason, "enough");
  });

  it("has an AbortError as its reason by default", async () => {
    const group = new Group();
    await group.go(untilAborted);
    group.cancel();
    await group.wait();
    assert.equal((group.signal.reason as Error).name, "AbortError");
  });

  it("does not hide another error", async () => {
    const group = new Group();
    await group.go(async (signal) => {
      await untilAborted(signal).catch(() => {});
      throw new Error("while stopping");
    });
    group.cancel("stop");
    await assert.rejects(group.wait(), /while stopping/);
    assert.equal(group.signal.reason, "stop");
  });

  it("lets an AbortError count that no cancel has caused", async () => {
    const group = new Group();
    await group.go(() => Promise.reject(new DOMException("own", "AbortError")));
    await assert.rejects(group.wait(), /own/);
  });
});

describe("Group.signal", () => {
  it("follows the parent signal, which is no error of the group", async () => {
    const parent = new AbortController();
    const group = new Group({ signal: parent.signal });
    await group.go(untilAborted);
    parent.abort("from above");
    assert.equal(group.signal.reason, "from above");
    await group.wait();
  });

  it("is aborted from the start under a parent that is", () => {
    const group = new Group({ signal: AbortSignal.abort("before") });
    assert.equal(group.signal.reason, "before");
  });

  it("leaves the parent alone when a task fails", async () => {
    const parent = new AbortController();
    const group = new Group({ signal: parent.signal });
    await group.go(() => Promise.reject(new Error("own")));
    await assert.rejects(group.wait(), /own/);
    assert.equal(parent.signal.aborted, false);
  });

  it("is not made for tasks that do not ask for it, and leaves no listener behind", async () => {
    const parent = new AbortController();
    const group = new Group({ signal: parent.signal });
    await group.go(() => {});
    assert.equal(getEventListeners(parent.signal, "abort").length, 0);
    await group.go((signal) => assert.equal(signal, group.signal));
    assert.equal(getEventListeners(parent.signal, "abort").length, 1);
    await group.wait();
    assert.equal(getEventListeners(parent.signal, "abort").length, 0);
  });

  it("counts a parent's abort as a cancel even for a group without a signal of its own", async () => {
    const parent = new AbortController();
    const group = new Group({ signal: parent.signal });
    await group.go(() => untilAborted(parent.signal));
    parent.abort(new Error("stop"));
    await group.wait();
  });
});
