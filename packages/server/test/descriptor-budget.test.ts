import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DescriptorBudget } from "../src/descriptor-budget.js";

/** A system with `limit` descriptors; set `used` and `time` as the test goes, and read `counts`. */
function system(limit: number | null) {
  const state = { limit, used: 10, time: 0, counts: 0, isBlind: false };
  const budget = new DescriptorBudget({
    limit: () => state.limit,
    used: () => {
      state.counts++;
      if (state.isBlind) throw new Error("EMFILE");
      return state.used;
    },
    now: () => state.time,
  });
  return { state, budget };
}

describe("DescriptorBudget", () => {
  it("grants while more than the reserve is free", () => {
    const { state, budget } = system(100);
    state.used = 100 - 16;
    assert.equal(budget.take(), "granted");
  });

  it("refuses when only the reserve is left, and says so once a count", () => {
    const { state, budget } = system(100);
    state.used = 100 - 16 + 1;
    assert.equal(budget.take(), "exhausted");
    assert.equal(budget.take(), "refused");
    assert.equal(state.counts, 1);
  });

  it("counts again after a delay that doubles up to a second", () => {
    const { state, budget } = system(100);
    state.used = 99;
    const delays: number[] = [];
    for (let i = 0; i < 10; i++) {
      assert.equal(budget.take(), "exhausted");
      delays.push(budget.delay);
      state.time += budget.delay;
    }
    assert.deepEqual(delays, [5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
  });

  it("recovers when descriptors are free again", () => {
    const { state, budget } = system(100);
    state.used = 99;
    budget.take();
    state.used = 20;
    state.time += budget.delay;
    assert.equal(budget.take(), "granted");
    assert.equal(budget.delay, 0);
  });

  it("gives away at once what is released during a shortage", () => {
    const { state, budget } = system(100);
    state.used = 99;
    budget.take();
    budget.release();
    assert.equal(budget.take(), "granted");
    assert.equal(budget.take(), "refused");
  });

  it("counts seldom while much is free", () => {
    const { state, budget } = system(1016 + 63);
    for (let i = 0; i < 500; i++) {
      assert.equal(budget.take(), "granted");
      state.used++;
    }
    assert.ok(state.counts < 3, `${state.counts} counts`);
  });

  it("counts again when a count has grown old", () => {
    const { state, budget } = system(1016);
    budget.take();
    state.used = 1010;
    state.time += 1000;
    assert.equal(budget.take(), "exhausted");
  });

  it("never hands out more than is free, whoever else opens descriptors", () => {
    const { state, budget } = system(200);
    while (budget.take() === "granted") state.used += 2;
    assert.ok(state.used <= 200, `${state.used} used`);
  });

  it("takes a count that fails for a shortage", () => {
    const { state, budget } = system(100);
    state.isBlind = true;
    assert.equal(budget.take(), "exhausted");
  });

  it("has no opinion where the limit is unknown", () => {
    const { state, budget } = system(null);
    for (let i = 0; i < 1000; i++) assert.equal(budget.take(), "granted");
    assert.equal(state.counts, 0);
  });
});
