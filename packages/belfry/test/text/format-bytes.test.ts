import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatBytes } from "../../src/text/format-bytes.js";

describe("formatBytes()", () => {
  it("shows about three figures", () => {
    const shown = [0, 999, 1000, 12_345, 999_600, 1.5e9].map(formatBytes);
    assert.deepEqual(shown, ["0 B", "999 B", "0.98 KiB", "12.1 KiB", "976 KiB", "1.40 GiB"]);
  });
});
