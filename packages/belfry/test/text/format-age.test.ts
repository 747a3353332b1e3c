import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatAge } from "../../src/text/format-age.js";

describe("formatAge()", () => {
  it("shows a span in at most two units", () => {
    const ages = [0, 59_999, 184_000, 7_500_000, 360_000_000].map(formatAge);
    assert.deepEqual(ages, ["0s", "59s", "3m 04s", "2h 05m", "4d 04h"]);
  });
});
