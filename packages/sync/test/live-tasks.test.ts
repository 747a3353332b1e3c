import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Channel } from "../src/channel.js";
import { Group } from "../src/group.js";
import { countTasks, liveTasks } from "../src/live-tasks.js";
import type { TaskInfo } from "../src/live-tasks.js";
import { Mutex } from "../src/mutex.js";
import { select } from "../src/select.js";
import { taskTracer, traceSource, traceWait, traceWaits, waitMarker } from "../src/task.js";
import { settle } from "./outcome.js";

function find(name: string): TaskInfo | undefined {
  return liveTasks().find((task) => task.name === name);
}

describe("liveTasks()", () => {
  it("lists tasks from start to end, with name, group and age", async () => {
    const gate = new Channel<never>();
    const group = new Group({ name: "gatekeepers" });
    await group.go(async () => void (await gate.receive()), "keeper");
    await group.go(async function named() {
      await gate.receive();
    });
    const task = find("keeper");
    assert.equal(task?.group, "gatekeepers");
    assert.ok(task.age >= 0 && Math.abs(Date.now() - task.age - task.startedAt) < 1000);
    assert.equal(find("named")?.id, task.id + 1);
    gate.close();
    await group.wait();
    assert.equal(find("keeper"), undefined);
    assert.deepEqual(liveTasks(), []);
  });

  it("knows the task that a group was made in", async () => {
    const gate = new Channel<never>();
    const outer = new Group({ name: "outer" });
    await outer.go(async () => {
      const inner = new Group({ name: "inner" });
      await inner.go(async () => void (await gate.receive()), "child");
      await inner.wait();
    }, "parent");
    assert.equal(find("child")?.parent, find("parent")?.id);
    assert.equal(find("child")?.parentGroup, "outer");
    gate.close();
    await outer.wait();
  });

  it("knows the group whose signal a group was made with, and its task if there is one", async () => {
    const gate = new Channel<never>();
    const wait = async (): Promise<void> => void (await gate.receive());
    const outer = new Group({ name: "outer" });
    await outer.go(wait, "only");
    const first = new Group({ signal: outer.signal });
    await first.go(wait, "one of one");
    assert.equal(find("one of one")?.parent, find("only")?.id);
    await outer.go(wait, "another");
    const second = new Group({ signal: outer.signal });
    await second.go(wait, "one of two");
    assert.equal(find("one of two")?.parent, undefined);
    assert.equal(find("one of two")?.parentGroup, "outer");
    gate.close();
    for (const group of [outer, first, second]) await group.wait();
  });
});

describe("countTasks()", () => {
  it("counts them all, where a list may be of the oldest alone", async () => {
    const gate = new Channel<never>();
    const group = new Group();
    for (const name of ["a", "b", "c"]) await group.go(async () => void (await gate.receive()), name);
    assert.deepEqual(
      liveTasks(2).map(({ name }) => name),
      ["a", "b"],
    );
    assert.equal(countTasks(), 3);
    gate.close();
    await group.wait();
    assert.equal(countTasks(), 0);
  });
});

describe("taskTracer()", () => {
  it("knows a task's waits after its first await", async () => {
    const gates = [new Channel<never>(), new Channel<never>()] as const;
    const [group, narrow] = [new Group(), new Group({ limit: 1 })];
    const wait = async (): Promise<void> => void (await gates[1].receive());
    await narrow.go(wait);
    await group.go(async () => {
      const within = taskTracer();
      await settle();
      await within(() => gates[0].receive());
      await within(() => narrow.go(wait));
    }, "traced");
    await settle();
    await settle();
    assert.equal(find("traced")?.waitingFor, "Channel.receive");
    gates[0].close();
    await settle();
    assert.equal(find("traced")?.waitingFor, "Group.go");
    gates[1].close();
    for (const each of [group, narrow]) await each.wait();
  });

  it("tells of nobody else's waits", async () => {
    const gate = new Channel<never>();
    const group = new Group();
    await group.go(async () => {
      const within = taskTracer();
      within(() => 1);
      assert.throws(() =>
        within(() => {
          throw new Error("thrown on");
        }),
      );
      await settle();
      await settle();
    }, "traced");
    const received = gate.receive();
    assert.equal(find("traced")?.waitingFor, undefined);
    gate.close();
    await received;
    await group.wait();
  });

  it("only calls outside of a task", () => {
    assert.equal(taskTracer(), taskTracer());
    assert.equal(
      taskTracer()(() => 5),
      5,
    );
  });
});

describe("waitMarker()", () => {
  it("is where a task's wait is written down after its first await", async () => {
    const gate = new Channel<never>();
    const group = new Group();
    const timer = { describeWait: () => "timer 5 ms" };
    await group.go(async () => {
      const marker = waitMarker();
      await settle();
      marker.wait = timer;
      await gate.receive();
      marker.wait = null;
      await settle();
    }, "marked");
    await settle();
    await settle();
    assert.equal(find("marked")?.waitingFor, "timer 5 ms");
    gate.close();
    await group.wait();
  });

  it("keeps nothing outside of a task", () => {
    const marker = waitMarker();
    marker.wait = { describeWait: () => "nothing" };
    assert.equal(marker.wait, null);
  });
});

describe("traceSource()", () => {
  it("counts while the task's other waits are over", async () => {
    const [gate, second] = [new Channel<never>(), new Channel<never>()];
    const group = new Group();
    await group.go(async () => {
      traceSource({ describeWait: () => "Conn.read pipe" });
      await gate.receive();
      await second.receive();
    }, "reader");
    assert.equal(find("reader")?.waitingFor, "Channel.receive");
    gate.close();
    await settle();
    assert.equal(find("reader")?.waitingFor, "Conn.read pipe");
    second.close();
    await group.wait();
  });

  it("takes no notice of what cannot tell", async () => {
    const group = new Group();
    await group.go(async () => {
      for (const source of [undefined, null, 1, "x", {}, { describeWait: 1 }]) traceSource(source);
      assert.equal(find("deaf")?.waitingFor, undefined);
    }, "deaf");
    await group.wait();
  });
});

describe("traceWaits()", () => {
  beforeEach(() => traceWaits(true));
  afterEach(() => traceWaits(false));

  it("shows what each task waits for", async () => {
    const [input, output] = [new Channel<never>(), new Channel<number>()];
    const mutex = new Mutex();
    const release = await mutex.acquire();
    const group = new Group();
    await group.go(async () => void (await input.receive()), "receiver");
    await group.go(async () => void (await input.receiveMany()), "batcher");
    await group.go(() => output.send(1).catch(() => {}), "sender");
    await group.go(async () => void (await select({ message: input, other: input })), "selector");
    await group.go(async () => (await mutex.acquire())(), "locker");
    await group.go(async () => {
      await settle();
      await input.receive();
    }, "late receiver");
    await settle();
    assert.deepEqual(
      liveTasks().map((task) => [task.name, task.waitingFor]),
      [
        ["receiver", "Channel.receive"],
        ["batcher", "Channel.receive"],
        ["sender", "Channel.send"],
        ["selector", "select message, other"],
        ["locker", "Semaphore.acquire"],
        ["late receiver", "Channel.receive"],
      ],
    );
    input.close();
    output.close();
    release();
    await group.wait();
  });

  it("shows the wait that others describe, until it is over", async () => {
    const gate = new Channel<never>();
    const group = new Group();
    let isWaiting = true;
    await group.go(async () => {
      const received = gate.receive();
      traceWait({ describeWait: () => (isWaiting ? "Conn.read 127.0.0.1:5000" : undefined) });
      await received;
    }, "reader");
    assert.equal(find("reader")?.waitingFor, "Conn.read 127.0.0.1:5000");
    isWaiting = false;
    assert.equal(find("reader")?.waitingFor, undefined);
    gate.close();
    await group.wait();
  });

  it("knows the parent of a group that is made after an await", async () => {
    const gate = new Channel<never>();
    const outer = new Group();
    await outer.go(async () => {
      await settle();
      const inner = new Group();
      await inner.go(async () => void (await gate.receive()), "child");
      await inner.wait();
    }, "parent");
    await settle();
    assert.equal(find("child")?.parent, find("parent")?.id);
    gate.close();
    await outer.wait();
  });

  it("leaves the first wait of each task when it is switched off", async () => {
    traceWaits(false);
    const gate = new Channel<never>();
    const group = new Group();
    await group.go(async () => void (await gate.receive()), "first wait");
    await group.go(async () => {
      await settle();
      await gate.receive();
    }, "second wait");
    await settle();
    await settle();
    assert.equal(find("first wait")?.waitingFor, "Channel.receive");
    assert.equal(find("second wait")?.waitingFor, undefined);
    gate.close();
    await group.wait();
  });
});
