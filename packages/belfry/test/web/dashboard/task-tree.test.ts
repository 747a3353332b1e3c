import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TaskStatus } from "../../../src/inspect/host-view.js";
import { buildTaskTree, countWorkers, listRows, type TaskNode, waitsOf } from "../../../web/src/dashboard/task-tree.js";

function task(id: number, name: string, group: string, more: Partial<TaskStatus> = {}): TaskStatus {
  const about = { parent: undefined, parentGroup: undefined, startedAt: 0, age: 0, waitingFor: undefined, worker: 1 };
  return { id, name, group, ...about, ...more };
}

/** A node and what is below it: `label(child, …)`. */
function draw(nodes: readonly TaskNode[]): string {
  return nodes.map(({ label, children }) => (children.length === 0 ? label : `${label}(${draw(children)})`)).join(", ");
}

const REVERB = [
  task(9, "reverb", "servers"),
  task(1, "reverb#1", "reverb", { parent: 9, parentGroup: "servers" }),
  task(2, "reader", "reverb#1", { parent: 1, parentGroup: "reverb" }),
  task(3, "echo", "reverb#1 echoes", { parent: 1, parentGroup: "reverb" }),
  task(4, "echo", "reverb#1 echoes", { parent: 1, parentGroup: "reverb" }),
];

describe("buildTaskTree", () => {
  it("leads from a service to its connections to their tasks", () => {
    assert.equal(draw(buildTaskTree(REVERB)), "reverb(reverb#1(reader, echoes(echo, echo)))");
  });

  it("counts the tasks below each node, and no groups", () => {
    const [reverb] = buildTaskTree(REVERB);
    assert.equal(reverb?.size, 4);
    assert.equal(reverb.children[0]?.size, 3);
  });

  it("puts a server's workers together, and tells their tasks apart", () => {
    const tree = buildTaskTree([
      task(1, "echo", "servers", { worker: 1 }),
      task(1, "echo", "servers", { worker: 2 }),
      task(2, "echo#1-1", "echo", { worker: 1, parent: 1 }),
      task(2, "echo#2-1", "echo", { worker: 2, parent: 1 }),
      task(3, "reader", "echo#2-1", { worker: 2, parent: 2 }),
    ]);
    assert.equal(draw(tree), "echo(echo#1-1, echo#2-1(reader))");
    assert.equal(tree[0]?.tasks.length, 2);
  });

  it("puts a task whose parent has ended into its parent's group", () => {
    const tree = buildTaskTree([task(9, "late", "echo#1", { parent: 3, parentGroup: "echo" })]);
    assert.equal(draw(tree), "echo(late)");
  });

  it("makes nothing of nothing", () => {
    assert.deepEqual(buildTaskTree([]), []);
  });
});

describe("waitsOf", () => {
  const accepting = (id: number, worker: number, at: string): TaskStatus =>
    task(id, "echo", "servers", { worker, waitingFor: `Listener.accept ${at}` });
  const [node] = buildTaskTree(
    [1, 2].flatMap((worker) =>
      ["127.0.0.1:24007", "[::1]:24007", "unix:/run/the echo.sock"].map((at, id) => accepting(id, worker, at)),
    ),
  ) as [TaskNode];

  it("names every listener of a service once, and counts the workers rather than the servers", () => {
    assert.equal(waitsOf(node), "Listener.accept 127.0.0.1:24007, [::1]:24007, unix:/run/the echo.sock");
    assert.equal(countWorkers(node), 2);
  });

  it("keeps apart what is waited for differently", () => {
    const tasks = [...node.tasks.slice(0, 2), task(9, "echo", "servers", { waitingFor: "Semaphore.acquire" })];
    assert.equal(waitsOf({ ...node, tasks }), "Listener.accept 127.0.0.1:24007, [::1]:24007; Semaphore.acquire");
    assert.equal(waitsOf({ ...node, tasks: [task(1, "echo", "servers")] }), "");
  });
});

describe("listRows", () => {
  const tree = buildTaskTree(REVERB);
  const keys = (expanded: readonly string[], limit = 10): string[] =>
    listRows(tree, new Set(expanded), new Map(), limit).map(({ node, level }) => `${level}:${node.label}`);

  it("shows the top alone until something is unfolded", () => {
    assert.deepEqual(keys([]), ["1:reverb"]);
  });

  it("shows what is unfolded, and not what is below something folded", () => {
    assert.deepEqual(keys(["servers/reverb"]), ["1:reverb", "2:reverb#1"]);
    assert.deepEqual(keys(["1/1"]), ["1:reverb"]);
  });

  it("tells each row its place and its parent", () => {
    const [, connection, reader] = listRows(tree, new Set(["servers/reverb", "1/1"]), new Map(), 10);
    assert.deepEqual([connection?.parent, reader?.parent], [0, 1]);
    assert.deepEqual([reader?.position, reader?.siblings], [1, 2]);
  });

  it("shows so many children of a node, and says on the last how many are left", () => {
    const many = buildTaskTree([
      task(1, "echo", "servers"),
      ...Array.from({ length: 250 }, (_, at) => task(at + 2, `echo#${at + 1}`, "echo", { parent: 1 })),
    ]);
    const some = listRows(many, new Set(["servers/echo"]), new Map(), 100);
    assert.equal(some.length, 101);
    assert.equal(some.at(-1)?.hidden, 150);
    const all = listRows(many, new Set(["servers/echo"]), new Map([["servers/echo", 300]]), 100);
    assert.equal(all.length, 251);
    assert.equal(all.at(-1)?.hidden, 0);
  });
});
