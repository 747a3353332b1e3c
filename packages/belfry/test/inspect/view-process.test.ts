import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dial } from "@belfry/net";
import { echo } from "@belfry/reverb";
import { serve } from "@belfry/server";
import { until } from "@belfry/testkit";
import { createProcessInspector } from "../../src/inspect/create-process-inspector.js";
import type { HostView } from "../../src/inspect/host-view.js";
import { viewProcess } from "../../src/inspect/view-process.js";
import { inspected } from "./inspected.js";

async function viewing(test: (view: HostView) => Promise<void>): Promise<void> {
  const server = await serve({ port: 0, name: "echo", listTasks: true }, echo());
  const conn = await dial(server.addr);
  await until(() => server.size === 1);
  const services = () => [inspected(server)];
  const inspector = createProcessInspector({ worker: 0, services, isInspected: true });
  const host = { version: "1.2.3", config: null, state: () => "serving" as const, isReady: () => true };
  try {
    await test(viewProcess(inspector, host));
  } finally {
    inspector.close();
    conn.abort();
    await server.close();
  }
}

describe("viewProcess()", () => {
  it("shows a host of one worker", () =>
    viewing(async (view) => {
      const status = await view.status();
      assert.deepEqual([status.version, status.node, status.pid], ["1.2.3", process.version, process.pid]);
      assert.deepEqual([status.state, status.isReady, status.generation, status.crashes], ["serving", true, 1, 0]);
      assert.equal(status.services[0]?.name, "echo");
      const [worker, ...others] = status.workers;
      assert.deepEqual([worker?.number, worker?.state, worker?.connections, others], [0, "serving", 1, []]);
      assert.equal(JSON.stringify(JSON.parse(JSON.stringify(status))), JSON.stringify(status));
    }));

  it("lists, and profiles, its one process", () =>
    viewing(async (view) => {
      assert.equal((await view.connections()).total, 1);
      assert.equal((await view.tasks()).total, 2);
      assert.equal((await view.cpuProfile(10)).profiles.length, 1);
      assert.equal((await view.heapProfile("inuse")).profiles.length, 1);
      await assert.rejects(view.connections({ limit: 0 }), RangeError);
    }));

  it("takes a snapshot of worker 0 alone", () =>
    viewing(async (view) => {
      await assert.rejects(view.heapSnapshot(1), RangeError);
      let size = 0;
      for await (const chunk of await view.heapSnapshot()) size += chunk.length;
      assert.ok(size > 100_000);
    }));
});
