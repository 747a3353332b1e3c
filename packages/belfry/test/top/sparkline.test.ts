import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sparkline } from "../../src/top/sparkline.js";

describe("sparkline()", () => {
  it("draws the last values, the highest full, blanks before the first", () => {
    assert.equal(sparkline([0, 1, 4, 7], 6), "  ▁▂▅█");
    assert.equal(sparkline([7, 0, 7], 2), "▁█");
    assert.equal(sparkline([0, 0], 2), "▁▁");
    assert.equal(sparkline([], 3), "   ");
  });
});
