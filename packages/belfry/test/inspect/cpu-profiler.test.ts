import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { measureCpu } from "../../src/inspect/cpu-profiler.js";
import { ProfileBusyError } from "../../src/inspect/profile-busy-error.js";

/** Keeps the process busy in turns until told to stop. */
function spin(): () => void {
  let isOver = false;
  const turn = (): void => {
    if (isOver) return;
    busyWork();
    setImmediate(turn);
  };
  turn();
  return () => {
    isOver = true;
  };
}

function busyWork(): void {
  const end = performance.now() + 5;
  while (performance.now() < end);
}

describe("measureCpu()", () => {
  it("finds the function that keeps the process busy", async () => {
    const stop = spin();
    try {
      const profile = await measureCpu(500);
      const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
      const hits = profile.samples?.filter((id) => names.get(id) === "busyWork" || names.get(id) === "now").length ?? 0;
      // On a busy machine the sampler comes seldom; a function that is not found has none.
      assert.ok(hits >= 3, `${hits} of ${profile.samples?.length}`);
      assert.ok(profile.endTime - profile.startTime >= 490_000);
    } finally {
      stop();
    }
  });

  it("measures one at a time", async () => {
    const first = measureCpu(100);
    await assert.rejects(measureCpu(100), (error) => {
      assert.ok(error instanceof ProfileBusyError);
      assert.equal(error.code, "ERR_PROFILE_BUSY");
      return true;
    });
    await first;
    await measureCpu(1);
  });

  it("is ended by a signal, with its reason, and can be called again at once", async () => {
    const controller = new AbortController();
    const reason = new Error("the client has gone");
    const measuring = measureCpu(60_000, controller.signal);
    setImmediate(() => controller.abort(reason));
    await assert.rejects(measuring, reason);
    await assert.rejects(measureCpu(10, controller.signal), reason);
    await measureCpu(1);
  });

  it("refuses a duration that is none", async () => {
    for (const duration of [0, -1, Number.NaN, 300_001]) await assert.rejects(measureCpu(duration), RangeError);
  });
});
