import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { orderTasks, stackOf } from "../../src/inspect/task-tree.js";
import { task } from "./inspected.js";

describe("orderTasks()", () => {
  it("puts children behind their parents, in the order of their start", () => {
    const nodes = orderTasks([
      task(1, "echo"),
      task(2, "clock"),
      task(3, "echo#1", { parent: 1 }),
      task(4, "clock#1", { parent: 2 }),
      task(5, "echo#2", { parent: 1 }),
      task(6, "reader", { parent: 3 }),
    ]);
    assert.deepEqual(
      nodes.map(({ task: { name } }) => name),
      ["echo", "echo#1", "reader", "echo#2", "clock", "clock#1"],
    );
  });

  it("keeps workers apart, and takes whose parent has ended for a root", () => {
    const nodes = orderTasks([
      task(1, "echo", { worker: 1 }),
      task(2, "echo#2-1", { worker: 2, parent: 1, parentGroup: "servers" }),
    ]);
    assert.deepEqual(
      nodes.map(({ parent }) => parent),
      [null, null],
    );
  });

  it("takes any number and depth", () => {
    const deep = Array.from({ length: 20_000 }, (_, index) => task(index + 1, "deep", { parent: index || undefined }));
    assert.equal(orderTasks(deep).length, 20_000);
  });
});

describe("stackOf()", () => {
  it("leads from the wait to the server, with what is alike made the same", () => {
    const nodes = orderTasks([
      task(1, "reverb", { group: "servers", waitingFor: "Listener.accept 127.0.0.1:8000" }),
      task(2, "reverb#2-17", { group: "reverb", parent: 1, parentGroup: "servers" }),
      task(3, "reader", { group: "reverb#2-17", parent: 2, waitingFor: "Conn.read [::1]:5000" }),
      task(4, "echo 12", { group: "echoes", parent: 2, waitingFor: "timer 1000 ms" }),
    ]);
    assert.deepEqual(nodes.map(stackOf), [
      ["Listener.accept", "reverb", "servers"],
      ["(waiting)", "reverb#*", "reverb", "servers"],
      ["Conn.read", "reader", "reverb#*", "reverb", "servers"],
      ["timer 1000 ms", "echo *", "reverb#*", "reverb", "servers"],
    ]);
  });

  it("begins with the group of a parent that has ended", () => {
    const [node] = orderTasks([
      task(9, "echo#1", { group: "echo", parent: 1, parentGroup: "servers", waitingFor: "Conn.write unix:/a b" }),
    ]);
    assert.deepEqual(node && stackOf(node), ["Conn.write", "echo#*", "servers"]);
  });
});
