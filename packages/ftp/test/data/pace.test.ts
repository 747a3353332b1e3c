import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fakeClock } from "@belfry/testkit";
import { Pace } from "../../src/data/pace.js";

/** Moves `bytes` in slices of at most `size`; resolves when they are paid for. */
async function move(pace: Pace, bytes: number, size = pace.slice): Promise<void> {
  const { signal } = new AbortController();
  for (let left = bytes; left > 0; left -= size) await pace.pay(Math.min(size, left), signal);
  await pace.settle(signal);
}

describe("Pace", () => {
  it("takes as long as the bytes are worth, for slow rates and fast ones, and any slices", async (test) => {
    const clock = fakeClock(test);
    for (const [rate, size] of [
      [10, undefined],
      [1000, 7],
      [1_000_000, undefined],
      [300_000_000, 65_536],
    ] as const) {
      const began = clock.now;
      let took = 0;
      const moving = move(new Pace(rate), rate * 3, size).then(() => (took = clock.now - began));
      await clock.advance(3200);
      assert.ok(Math.abs(took - 3000) <= 60, `${took} ms at ${rate}`);
      await moving;
    }
  });

  it("makes up for lateness, but not for a long pause", async (test) => {
    const clock = fakeClock(test);
    const pace = new Pace(1000);
    await clock.advance(10_000, 1000);
    const began = clock.now;
    let took = 0;
    const moving = move(pace, 1000).then(() => (took = clock.now - began));
    await clock.advance(1100);
    assert.ok(took >= 890 && took <= 1010, `${took} ms`);
    await moving;
  });

  it("does not wait for a clock that was set back", async (test) => {
    const clock = fakeClock(test, { now: 10_000_000 });
    const pace = new Pace(1000);
    test.mock.timers.setTime(0);
    let isDone = false;
    const moving = move(pace, 100).then(() => (isDone = true));
    await clock.advance(200);
    assert.ok(isDone);
    await moving;
  });

  it("stops waiting when aborted, with the reason", async () => {
    const abort = new AbortController();
    const reason = new Error("ABOR");
    const pace = new Pace(1);
    const paying = pace.pay(1000, abort.signal);
    abort.abort(reason);
    await assert.rejects(paying, reason);
    await assert.rejects(pace.settle(abort.signal), reason);
  });

  it("admits no rate that is none", () => {
    for (const rate of [0, -1, Number.NaN]) assert.throws(() => new Pace(rate), RangeError);
  });
});
