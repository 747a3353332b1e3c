import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { formatDuration, parseDuration } from "../../src/options/duration.js";

describe("parseDuration()", () => {
  it("reads a number with its unit as milliseconds", () => {
    assert.equal(parseDuration("500ms"), 500);
    assert.equal(parseDuration("10s"), 10_000);
    assert.equal(parseDuration("5m"), 300_000);
    assert.equal(parseDuration("2h"), 7_200_000);
  });

  it("reads fractions and several units", () => {
    assert.equal(parseDuration("1.5s"), 1500);
    assert.equal(parseDuration("1m30s"), 90_000);
    assert.equal(parseDuration("1h0.5m250ms"), 3_630_250);
  });

  it("reads 0 without a unit", () => {
    assert.equal(parseDuration("0"), 0);
    assert.equal(parseDuration("0s"), 0);
  });

  for (const text of ["", "10", "10x", "s", "-1s", "+1s", "1 s", "1s ", "1,5s", "1e3s", ".5s", "1.s", "10S", "NaN"]) {
    it(`turns away "${text}"`, () => {
      assert.throws(() => parseDuration(text), {
        name: "RangeError",
        message: "expected a number with a unit, such as 500ms, 10s or 5m, or 0",
      });
    });
  }

  it("turns away what no timer can wait for", () => {
    assert.equal(parseDuration("2147483647ms"), 2_147_483_647);
    assert.throws(() => parseDuration("2147483648ms"), /expected at most 24 days/);
    assert.throws(() => parseDuration(`${"9".repeat(400)}h`), /expected at most 24 days/);
  });
});

describe("formatDuration()", () => {
  it("gives what parseDuration() reads", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (duration) => {
        assert.equal(parseDuration(formatDuration(duration)), duration);
      }),
    );
  });

  it("takes the largest unit that fits", () => {
    assert.deepEqual([0, 1, 1000, 90_000, 300_000, 3_600_000].map(formatDuration), [
      "0",
      "1ms",
      "1s",
      "90s",
      "5m",
      "1h",
    ]);
  });
});
