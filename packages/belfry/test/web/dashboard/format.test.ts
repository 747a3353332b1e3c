import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  formatByteRate,
  formatBytes,
  formatCount,
  formatDelay,
  formatRate,
  formatShare,
  formatSpan,
  UNKNOWN,
} from "../../../web/src/dashboard/format.js";

describe("formatBytes", () => {
  it("shows three digits that count, and whole bytes", () => {
    const shown = [0, 1, 999, 1000, 1023, 1024, 1536, 10_240, 1_048_576, 123_456_789].map(formatBytes);
    const expected = "0 B,1 B,999 B,0.98 KiB,1.00 KiB,1.00 KiB,1.50 KiB,10.0 KiB,1.00 MiB,118 MiB";
    assert.equal(shown.join(","), expected);
  });

  it("never shows more than three digits, up to the largest unit", () => {
    for (let value = 1; value < 2 ** 59; value = value * 1.37 + 1)
      assert.match(formatBytes(value).replace(".", ""), /^\d{1,3} \w+$/, String(value));
  });

  it("takes what cannot be negative for nothing", () => {
    assert.equal(formatBytes(-3), "0 B");
  });
});

describe("formatCount", () => {
  it("sets thousands apart", () => {
    assert.equal(formatCount(1_234_567).replaceAll("\u202F", "_"), "1_234_567");
    assert.equal(formatCount(999), "999");
  });
});

describe("rates", () => {
  it("tell what is not known from nothing", () => {
    assert.equal(formatRate(undefined), UNKNOWN);
    assert.equal(formatRate(0), "0/s");
    assert.equal(formatByteRate(undefined), UNKNOWN);
    assert.equal(formatByteRate(0), "0 B/s");
  });

  it("keep slow things visible", () => {
    assert.equal(formatRate(0.2), "0.20/s");
  });
});

describe("formatDelay", () => {
  it("goes over to seconds", () => {
    assert.deepEqual([0, 0.000_34, 0.0123, 0.9994, 0.9996, 2].map(formatDelay), [
      "0.00 ms",
      "0.34 ms",
      "12.3 ms",
      "999 ms",
      "1.00 s",
      "2.00 s",
    ]);
  });
});

describe("formatSpan", () => {
  it("has two units at most", () => {
    assert.deepEqual([-5, 0, 59_999, 60_000, 3_599_000, 3_600_000, 86_400_000 + 3_600_000 * 4].map(formatSpan), [
      "0 s",
      "0 s",
      "59 s",
      "1 min 00 s",
      "59 min 59 s",
      "1 h 00 min",
      "1 d 04 h",
    ]);
  });
});

describe("formatShare", () => {
  it("is in whole hundredths", () => {
    assert.equal(formatShare(0.174), "17\u2009%");
  });
});
