import assert from "node:assert/strict";
import type { HeapProfiler } from "node:inspector";
import { describe, it } from "node:test";
import { startHeapSampler } from "../../src/inspect/heap-sampler.js";
import { ProfileBusyError } from "../../src/inspect/profile-busy-error.js";

const kept: unknown[] = [];

function hoard(): void {
  for (let count = 0; count < 4000; count++) kept.push(Array.from({ length: 1000 }, () => count));
}

let last: unknown;
function waste(): void {
  for (let count = 0; count < 4000; count++) last = Array.from({ length: 1000 }, () => count);
}

/** Bytes that `name` and what it calls have allocated. */
function bytesOf(name: string, { head }: HeapProfiler.SamplingHeapProfile): number {
  const sum = (node: HeapProfiler.SamplingHeapProfileNode, isInside: boolean): number => {
    const counts = isInside || node.callFrame.functionName === name;
    const own = counts ? node.selfSize : 0;
    return node.children.reduce((total, child) => total + sum(child, counts), own);
  };
  return sum(head, false);
}

describe("startHeapSampler()", () => {
  it("knows who allocated what is in use", async () => {
    const sampler = startHeapSampler();
    try {
      assert.ok((await sampler.inuse()).since <= Date.now());
      hoard();
      const { profile } = await sampler.inuse();
      // 32 MB, by some 150 samples.
      assert.ok(
        bytesOf("hoard", profile) > 15e6 && bytesOf("hoard", profile) < 70e6,
        String(bytesOf("hoard", profile)),
      );
    } finally {
      sampler.close();
      kept.length = 0;
    }
  });

  it("knows who allocates what is collected, too, and goes on with what is in use", async () => {
    const sampler = startHeapSampler();
    try {
      const watched = sampler.alloc(200);
      await assert.rejects(sampler.inuse(), ProfileBusyError);
      await assert.rejects(sampler.alloc(), ProfileBusyError);
      // Three times 32 MB, however long that takes here.
      for (let count = 0; count < 3; count++) waste();
      const { profile, since } = await watched;
      assert.ok(bytesOf("waste", profile) > 45e6, String(bytesOf("waste", profile)));
      hoard();
      const after = await sampler.inuse();
      assert.ok(after.since >= since + 190);
      assert.ok(bytesOf("hoard", after.profile) > 15e6);
      assert.ok(last !== undefined);
    } finally {
      sampler.close();
      kept.length = 0;
    }
  });
});
