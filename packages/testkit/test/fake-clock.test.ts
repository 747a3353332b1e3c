import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fakeClock } from "../src/fake-clock.js";

describe("fakeClock()", () => {
  it("lets time go on only when told", async (t) => {
    const clock = fakeClock(t, { now: 1_000_000 });
    const seen: number[] = [];
    setTimeout(() => seen.push(Date.now()), 50);
    assert.equal(Date.now(), 1_000_000);
    await clock.advance(49);
    assert.deepEqual(seen, []);
    await clock.advance(1);
    assert.deepEqual(seen, [1_000_050]);
    assert.equal(clock.now, 1_000_050);
  });

  it("lets what waits on a timer set the next one", async (t) => {
    const clock = fakeClock(t);
    const seen: number[] = [];
    const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    void (async () => {
      for (let i = 0; i < 3; i += 1) {
        await sleep(10);
        seen.push(Date.now());
      }
    })();
    await clock.advance(35);
    assert.deepEqual(seen, [10, 20, 30]);
  });

  it("gives the clock back when the test is over", () => {
    assert.ok(Date.now() > 1_600_000_000_000);
  });
});
