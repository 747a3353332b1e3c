import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { choose, median, nearest, quantile, ratioTo, summarize } from "../src/statistics.mjs";

/** @import { Sample } from "../src/types.js" */

/**
 * @param {number} at
 * @param {number} rate
 * @param {Partial<Sample>} [more]
 * @returns {Sample}
 */
function sample(at, rate, more) {
  return { at, rate, cpu: 1e6 / rate, wait: 0, figures: {}, ...more };
}

describe("quantile", () => {
  it("interpolates between the values on both sides", () => {
    assert.equal(quantile([40, 10, 20, 30], 0.5), 25);
    assert.equal(quantile([10, 20, 30, 40, 50], 0.25), 20);
  });

  it("gives the ends at 0 and 1, and NaN of nothing", () => {
    assert.equal(quantile([3, 1, 2], 0), 1);
    assert.equal(quantile([3, 1, 2], 1), 3);
    assert.ok(Number.isNaN(quantile([], 0.5)));
  });

  it("leaves the values in their order", () => {
    const values = [3, 1, 2];
    assert.equal(median(values), 2);
    assert.deepEqual(values, [3, 1, 2]);
  });
});

describe("nearest", () => {
  it("finds the sample taken nearest in time, before or after", () => {
    const samples = [sample(10, 1), sample(20, 2), sample(30, 3)];
    assert.equal(nearest(samples, 24)?.rate, 2);
    assert.equal(nearest(samples, 26)?.rate, 3);
    assert.equal(nearest([], 26), undefined);
  });
});

describe("choose", () => {
  it("keeps the samples that other work left alone", () => {
    const samples = [0.01, 0.5, 0.02, 0.059, 0.06].map((wait, i) => sample(i, 100 + i, { wait }));
    const { chosen, isNoisy } = choose(samples);
    assert.deepEqual(
      chosen.map((one) => one.rate),
      [100, 102, 103],
    );
    assert.equal(isNoisy, false);
  });

  it("falls back to the least disturbed, and says so", () => {
    const samples = [0.3, 0.01, 0.2, 0.4].map((wait, i) => sample(i, 100 + i, { wait }));
    const { chosen, isNoisy } = choose(samples);
    assert.deepEqual(
      chosen.map((one) => one.rate),
      [101, 102, 100],
    );
    assert.equal(isNoisy, true);
  });
});

describe("ratioTo", () => {
  it("is blind to a drift that both sides share", () => {
    const speed = [1, 5, 0.2, 3];
    const reference = speed.map((factor, i) => sample(i * 10, 1000 * factor));
    const measured = speed.map((factor, i) => sample(i * 10 + 1, 1500 * factor));
    const ratio = ratioTo(measured, reference, (one) => one.rate);
    assert.deepEqual(ratio, { median: 1.5, low: 1.5, high: 1.5 });
  });

  it("is undefined where there is nothing to compare", () => {
    assert.equal(
      ratioTo([sample(0, 1)], [], (one) => one.rate),
      undefined,
    );
    assert.equal(
      ratioTo([sample(0, Number.NaN)], [sample(0, 1)], (one) => one.rate),
      undefined,
    );
  });
});

describe("summarize", () => {
  it("reports medians, ratios and how many samples count", () => {
    const reference = [1, 2, 3].map((at) => sample(at, 100));
    const samples = [1, 2, 3, 4].map((at) => sample(at, 100 * at, { figures: { p99: at }, wait: at === 4 ? 1 : 0 }));
    const row = summarize({ case: "100", peer: "x" }, samples, reference);
    assert.deepEqual(row, {
      case: "100",
      peer: "x",
      samples: 3,
      taken: 4,
      isNoisy: false,
      figures: { rate: 200, cpu: 5000, p99: 2 },
      ratios: { rate: { median: 2, low: 1.5, high: 2.5 }, cpu: row?.ratios["cpu"] },
    });
    assert.equal(row?.ratios["cpu"]?.median, 0.5);
  });

  it("leaves out figures that were not taken", () => {
    const row = summarize({ case: "a", peer: "x" }, [sample(0, Number.NaN)], [], 1);
    assert.deepEqual(row?.figures, {});
    assert.deepEqual(row?.ratios, {});
    assert.equal(row?.isNoisy, true);
  });

  it("is undefined without samples", () => {
    assert.equal(summarize({ case: "a", peer: "x" }, [], []), undefined);
  });
});
