import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Channel } from "../src/channel.js";
import { Group } from "../src/group.js";
import { liveTasks } from "../src/live-tasks.js";
import { subtask } from "../src/subtask.js";
import { settle } from "./outcome.js";

describe("subtask()", () => {
  it("lists a part of a task below it, for as long as it runs", async () => {
    const [lines, rest] = [new Channel<never>(), new Channel<never>()];
    const group = new Group({ name: "sessions" });
    await group.go(async () => {
      await subtask("reader", async () => void (await lines.receive()));
      await rest.receive();
    }, "session");
    const [session, reader] = liveTasks();
    assert.deepEqual([session?.name, session?.waitingFor], ["session", "task reader"]);
    assert.deepEqual([reader?.name, reader?.group, reader?.waitingFor], ["reader", "session", "Channel.receive"]);
    assert.equal(reader?.parent, session?.id);
    assert.equal(reader?.parentGroup, "sessions");
    lines.close();
    await settle();
    assert.deepEqual(
      liveTasks().map(({ name, waitingFor }) => [name, waitingFor]),
      [["session", undefined]],
    );
    rest.close();
    await group.wait();
  });

  it("is the parent of groups made at its start", async () => {
    const lines = new Channel<never>();
    const group = new Group();
    const read = async (): Promise<void> => {
      const echoes = new Group({ name: "echoes" });
      await echoes.go(async () => void (await lines.receive()), "echo");
      await echoes.wait();
    };
    await group.go(() => subtask("reader", read), "session");
    const ids = new Map(liveTasks().map((task) => [task.name, task]));
    assert.equal(ids.get("echo")?.parent, ids.get("reader")?.id);
    lines.close();
    await group.wait();
  });

  it("passes on what the part returns and throws", async () => {
    const group = new Group();
    const failure = new Error("failed");
    let result = 0;
    await group.go(async () => {
      result = await subtask("adder", async () => 1 + 1);
    });
    await group.wait();
    assert.equal(result, 2);
    const throwers = [
      () => Promise.reject(failure),
      () => {
        throw failure;
      },
    ];
    for (const thrower of throwers) {
      const failing = new Group();
      await failing.go(() => subtask("thrower", thrower));
      await assert.rejects(failing.wait(), failure);
    }
    assert.deepEqual(liveTasks(), []);
  });

  it("only calls outside of a task", () => {
    const promise = Promise.resolve();
    assert.equal(
      subtask("reader", () => {
        assert.deepEqual(liveTasks(), []);
        return promise;
      }),
      promise,
    );
  });

  it("tells what the source says while no other wait is known", async () => {
    const lines = new Channel<never>();
    const group = new Group();
    let isReading = false;
    const source = { describeWait: () => (isReading ? "Conn.read pipe" : undefined) };
    const read = async (): Promise<void> => {
      await settle();
      isReading = true;
      await lines.receive();
    };
    await group.go(() => subtask("reader", read, source));
    const waitOf = () => liveTasks().find(({ name }) => name === "reader")?.waitingFor;
    assert.equal(waitOf(), undefined);
    await settle();
    await settle();
    assert.equal(waitOf(), "Conn.read pipe");
    lines.close();
    await group.wait();
  });
});
