import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatClock, formatRate } from "../../src/ftp/format.js";

describe("formatRate()", () => {
  it("shows bytes a second, also of what took no time", () => {
    assert.deepEqual([formatRate(5000, 500), formatRate(0, 0)], ["9.77 KiB/s", "0 B/s"]);
  });
});

describe("formatClock()", () => {
  it("shows a span as a watch does", () => {
    assert.deepEqual([0, 7400, 750_000, 3_723_000].map(formatClock), ["0:00", "0:07", "12:30", "1:02:03"]);
  });
});
