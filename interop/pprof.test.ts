import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Conn, dial } from "@belfry/net";
import { reverb } from "@belfry/reverb";
import { serve, type Server } from "@belfry/server";
import { createProcessInspector } from "../packages/belfry/dist/inspect/create-process-inspector.js";
import { encodeCpu } from "../packages/belfry/dist/inspect/pprof/encode-cpu.js";
import { encodeHeap } from "../packages/belfry/dist/inspect/pprof/encode-heap.js";
import { encodeTasks } from "../packages/belfry/dist/inspect/pprof/encode-tasks.js";
import type { ProcessInspector } from "../packages/belfry/dist/inspect/process-inspector.js";
import { missing, run } from "./tools.js";

/** How long the process is measured, and kept busy for. */
const DURATION = 400;

const kept: number[][] = [];

function hoardNumbers(): void {
  for (let count = 0; count < 4000; count++) kept.push(Array.from({ length: 1000 }, () => count));
}

function keepBusy(): void {
  const end = performance.now() + DURATION;
  while (performance.now() < end) JSON.parse(JSON.stringify({ text: "x".repeat(1000) }));
}

describe("go tool pprof", { skip: missing("go") }, () => {
  let folder = "";
  let server: Server;
  let client: Conn;
  let inspector: ProcessInspector;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "belfry-pprof-"));
    server = await serve({ port: 0, name: "reverb", instance: "2", listTasks: true }, reverb({ delay: 60_000 }));
    const services = () => [{ kind: "reverb", isSecure: false, isProxied: false, maxConns: null, servers: [server] }];
    inspector = createProcessInspector({ worker: 2, services, isInspected: true });
    client = await dial(server.addr);
    await client.write("hello\nworld\n");
    for (let length = 0; length < 16;) length += (await client.read())?.length ?? 16;
  });

  after(async () => {
    inspector.close();
    client.abort();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const pprof = async (profile: Uint8Array, ...options: string[]): Promise<string> => {
    const file = join(folder, "profile.pb.gz");
    writeFileSync(file, profile);
    // It looks for a folder of its own to keep what it fetches.
    return String(await run(["env", `PPROF_TMPDIR=${folder}`, "go", "tool", "pprof", ...options, file], ""));
  };

  it("reads CPU profiles of several workers as one", async () => {
    const measuring = inspector.cpuProfile(DURATION);
    setImmediate(keepBusy);
    const profile = await measuring;
    const merged = encodeCpu([profile, { ...profile, worker: 3 }]);
    const top = await pprof(merged, "-top", "-cum");
    assert.match(top, /Type: cpu\n/);
    assert.match(top, /Duration: [\d.]+\w+, Total samples = /);
    assert.match(top, / keepBusy\n/);
    const lines = await pprof(merged, "-top", "-lines");
    assert.match(lines, / keepBusy .*pprof\.test\.ts:\d+/);
    const tags = await pprof(merged, "-tags");
    assert.match(tags, /worker: Total [\d.]+m?s\n\s+[\d.]+m?s \(50\.00%\): 2\n\s+[\d.]+m?s \(50\.00%\): 3\n/);
    assert.match(await pprof(merged, "-top", "-sample_index=samples"), /Type: samples\n/);
  });

  it("reads heap profiles", async () => {
    hoardNumbers();
    const profile = await inspector.heapProfile("inuse");
    const top = await pprof(encodeHeap([profile], "inuse"), "-top", "-cum");
    assert.match(top, /Type: inuse_space\n/);
    assert.match(top, /[\d.]+MB +[\d.]+% +hoardNumbers\n/);
    assert.match(await pprof(encodeHeap([profile], "alloc"), "-top"), /Type: alloc_space\n/);
    const objects = await pprof(encodeHeap([profile], "inuse"), "-top", "-sample_index=inuse_objects");
    assert.match(objects, /Type: inuse_objects\n/);
    kept.length = 0;
  });

  it("reads tasks as goroutines", async () => {
    const profile = encodeTasks(inspector.tasks(100).tasks);
    assert.match(await pprof(profile, "-text"), /Type: goroutine\n[\s\S]* 2 +40(?:\.00)?% .* timer 60000 ms\n/);
    const traces = await pprof(profile, "-traces");
    assert.match(traces, /worker: {2}2\n +2 +timer 60000 ms\n +echo\n +reverb#\*\n +reverb\n +servers\n/);
    assert.match(traces, /Conn\.read\n +reader\n +reverb#\*\n/);
  });
});
