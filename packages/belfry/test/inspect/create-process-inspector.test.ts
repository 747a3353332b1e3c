import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dial } from "@belfry/net";
import { echo, reverb } from "@belfry/reverb";
import { serve, type Server } from "@belfry/server";
import { Group, traceWait } from "@belfry/sync";
import { until, withoutLeaks } from "@belfry/testkit";
import { createProcessInspector } from "../../src/inspect/create-process-inspector.js";
import { formatTasks } from "../../src/inspect/pprof/format-tasks.js";
import type { ProcessInspector } from "../../src/inspect/process-inspector.js";
import { inspected } from "./inspected.js";

/** Inspects two servers of one service, and one of another, for the length of `test`. */
async function inspecting(test: (inspector: ProcessInspector, servers: readonly Server[]) => Promise<void>) {
  await withoutLeaks(async () => {
    const listTasks = true;
    const first = await serve({ port: 0, name: "echo", listTasks }, echo());
    const second = await serve({ port: 0, name: "echo", listTasks }, echo());
    const third = await serve({ port: 0, name: "reverb", listTasks }, reverb({ delay: 60 }));
    // They begin to accept in the tick after.
    await new Promise(setImmediate);
    const services = () => [inspected(first, second), inspected(third)];
    const inspector = createProcessInspector({ worker: 3, services, isInspected: true });
    try {
      await test(inspector, [first, second, third]);
    } finally {
      inspector.close();
      for (const server of [first, second, third]) await server.close();
    }
  });
}

describe("createProcessInspector()", () => {
  it("adds up the servers of a service", () =>
    inspecting(async (inspector, [first, second]) => {
      const conns = [await dial((first as Server).addr), await dial((second as Server).addr)];
      for (const conn of conns) {
        await conn.write("hello");
        await conn.read();
      }
      const [status, other] = inspector.services();
      assert.deepEqual([status?.name, other?.name], ["echo", "reverb"]);
      assert.deepEqual(status?.addresses, [String(first?.addr), String(second?.addr)]);
      assert.equal(status.counters.connections_open, 2);
      assert.equal(status.counters.read_bytes_total, 10);
      const page = inspector.connections({ service: "echo" });
      assert.deepEqual([page.total, page.connections[0]?.worker], [2, 3]);
      for (const conn of conns) conn.abort();
    }));

  it("tells of the process", () =>
    inspecting(async (inspector) => {
      const status = inspector.status();
      assert.equal(status.pid, process.pid);
      assert.ok(Math.abs(status.startedAt + process.uptime() * 1000 - Date.now()) < 2000);
      assert.ok(status.cpuSeconds.user > 0 && status.memory.heapUsed > 0);
      assert.equal(status.tasks, 3);
      assert.deepEqual(structuredClone(status), status);
    }));

  it("names the reader and the echoes of a reverb connection, and what they wait for", () =>
    inspecting(async (inspector, servers) => {
      const conn = await dial((servers[2] as Server).addr);
      await conn.write("hello\nworld\n");
      await until(() => inspector.tasks(100).total === 7);
      const { tasks } = inspector.tasks(100);
      const text = formatTasks(tasks, 2);
      const reader = tasks.find(({ name }) => name === "reader");
      assert.match(text, new RegExp(`task ${reader?.id} of worker 3 \\[Conn.read ${String(conn.localAddr)}\\], `));
      assert.match(text, /\[timer 60 ms\], \d+s old:\necho \(group reverb#1 echoes\)\nstarted by task \d+ reverb#1 /);
      assert.match(text, /echo .*\nstarted by task \d+ reverb#1 \(group reverb\)\nstarted by task \d+ reverb /);
      assert.match(formatTasks(tasks, 1), /2 @\n#\ttimer 60 ms\n#\techo\n#\treverb#\*\n#\treverb\n#\tservers\n/);
      conn.abort();
    }));

  it("keeps what would steer a terminal or forge a line out of what it says of tasks", () =>
    inspecting(async (inspector) => {
      const over = new AbortController();
      const group = new Group({ name: "of\nmine", signal: over.signal });
      const done = group.go((signal) => {
        traceWait({ describeWait: () => "Conn.read unix:/tmp/a\nFAKE LOG LINE\u001B[31m" });
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
      }, "named\u001B[2J");
      const { tasks } = inspector.tasks(100);
      const task = tasks.find(({ name }) => name.startsWith("named"));
      assert.deepEqual(
        [task?.name, task?.group, task?.waitingFor],
        ["named?[2J", "of?mine", "Conn.read unix:/tmp/a?FAKE LOG LINE?[31m"],
      );
      assert.match(formatTasks(tasks, 2), /\[Conn\.read unix:\/tmp\/a\?FAKE LOG LINE\?\[31m\], 0s old:\nnamed\?\[2J /);
      assert.match(formatTasks(tasks, 1), /^#\tConn\.read\n#\tnamed\?\[\*J\n#\tof\?mine$/m);
      over.abort();
      await Promise.allSettled([done, group.wait()]);
    }));

  it("lists the oldest tasks alone when told so", () =>
    inspecting(async (inspector) => {
      const { total, tasks } = inspector.tasks(1);
      assert.deepEqual([total, tasks.map(({ name, worker }) => `${worker}/${name}`)], [3, ["3/echo"]]);
      assert.throws(() => inspector.tasks(0), RangeError);
      assert.throws(() => inspector.tasks(100_001), RangeError);
    }));

  it("profiles time and memory, and says whose they are", () =>
    inspecting(async (inspector) => {
      const cpu = await inspector.cpuProfile(20);
      assert.deepEqual([cpu.worker, cpu.pid], [3, process.pid]);
      const heap = await inspector.heapProfile("inuse");
      assert.deepEqual([heap.worker, heap.pid], [3, process.pid]);
      assert.ok(heap.sampleInterval > 0 && heap.since <= Date.now());
    }));
});
