import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, statSync } from "node:fs";
import { describe, it, mock } from "node:test";
import { readHeapSnapshot, writeHeapSnapshot } from "../../src/inspect/heap-snapshot.js";

describe("writeHeapSnapshot()", () => {
  it("writes a file that nobody else can read, and that is gone once it is opened", async () => {
    const path = await writeHeapSnapshot();
    try {
      if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o600);
      const chunks: Uint8Array[] = [];
      const snapshot = await readHeapSnapshot(path);
      if (process.platform !== "win32") assert.ok(!existsSync(path));
      for await (const chunk of snapshot) chunks.push(chunk);
      const { snapshot: head } = JSON.parse(Buffer.concat(chunks).toString()) as { snapshot: { node_count: number } };
      assert.ok(head.node_count > 1000);
    } finally {
      rmSync(path, { force: true });
    }
  });

  it("removes a file that nobody takes", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const path = await writeHeapSnapshot();
      assert.ok(existsSync(path));
      mock.timers.tick(30_000);
      assert.ok(!existsSync(path));
    } finally {
      mock.timers.reset();
    }
  });

  it("removes it when the process ends before", () => {
    const program = `
      import { writeHeapSnapshot } from "./src/inspect/heap-snapshot.ts";
      process.stdout.write(await writeHeapSnapshot());
      process.exit(0);`;
    const cwd = new URL("../..", import.meta.url);
    const args = ["--import", "tsx", "--input-type=module", "--eval", program];
    const { stdout } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
    assert.match(stdout, /\.heapsnapshot$/);
    assert.ok(!existsSync(stdout));
  });
});
