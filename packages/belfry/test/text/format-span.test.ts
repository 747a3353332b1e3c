import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatSpan } from "../../src/text/format-span.js";

describe("formatSpan()", () => {
  it("shows about three figures", () => {
    assert.deepEqual([0.4, 12.3, 1534, 12_340, 250_000].map(formatSpan), ["0ms", "12ms", "1.53s", "12.3s", "4m10s"]);
  });
});
