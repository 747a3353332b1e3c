import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { until, withoutLeaks } from "@belfry/testkit";
import { watchLoop } from "../../src/inspect/loop-watch.js";

function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe("watchLoop()", () => {
  it("tells how late the loop was in the last second, and forgets it", () =>
    withoutLeaks(async () => {
      const watch = watchLoop();
      try {
        assert.deepEqual(watch.sample, { delay: { mean: 0, p50: 0, p99: 0, max: 0 }, utilization: 0 });
        // The histogram begins to count with the second look.
        await new Promise((resolve) => setTimeout(resolve, 50));
        block(300);
        await until(() => watch.sample.delay.max > 0, { timeout: 5000 });
        const { delay, utilization } = watch.sample;
        assert.ok(delay.max > 0.2 && delay.max < 2, String(delay.max));
        assert.ok(delay.p50 <= delay.p99 && delay.p99 <= delay.max);
        assert.ok(utilization > 0.1 && utilization <= 1, String(utilization));
        await until(() => watch.sample.delay.max < 0.2, { timeout: 5000 });
      } finally {
        watch.stop();
      }
    }));
});
