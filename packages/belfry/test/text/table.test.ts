import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatTable } from "../../src/text/table.js";

describe("formatTable()", () => {
  it("makes each column as wide as its widest cell", () => {
    const rows = [
      ["clock", "8010"],
      ["a longer one", "7"],
    ];
    assert.equal(
      formatTable(["service", "port"], rows),
      "  service       port\n  ────────────  ────\n  clock         8010\n  a longer one  7\n",
    );
  });
});
