import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatByteRate, formatCount, formatDelay, formatPerSecond, formatShare } from "../../src/top/format.js";

describe("formats of top", () => {
  it("shows counts with their thousands apart, large ones in three figures", () => {
    assert.deepEqual([0, 999, 12_345, 123_456, 1_234_567].map(formatCount), ["0", "999", "12,345", "123 K", "1.23 M"]);
  });

  it("tells nothing from not known", () => {
    assert.deepEqual([null, 0, 0.2, 1.5, 120].map(formatPerSecond), ["–", "0", "0.2/s", "1.5/s", "120/s"]);
    assert.deepEqual([null, 0, 0.2, 1500].map(formatByteRate), ["–", "0", "1 B/s", "1.46 KiB/s"]);
    assert.deepEqual([null, 0, 0.256, 1.5].map(formatShare), ["–", "0 %", "26 %", "150 %"]);
  });

  it("shows delays of the event loop", () => {
    assert.deepEqual([0.0023, 0.05, 2.5].map(formatDelay), ["2.3 ms", "50 ms", "2.5 s"]);
  });
});
