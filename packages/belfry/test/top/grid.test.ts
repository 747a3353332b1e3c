import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Column, drawGrid, drawLine } from "../../src/top/grid.js";
import { createPaint } from "../../src/terminal/paint.js";

const paint = createPaint(false);
const COLUMNS: readonly Column<readonly [string, string, string]>[] = [
  { heading: "NAME", rank: 0, least: 4, cell: ([text]) => ({ text }) },
  { heading: "N", rank: 1, isRight: true, floor: 4, cell: ([, text]) => ({ text }) },
  { heading: "NOTE", rank: 2, cell: ([, , text]) => ({ text }) },
];
const ROWS = [
  ["gateway", "1", "first"],
  ["東京", "22", "second"],
] as const;

describe("drawGrid()", () => {
  it("aligns columns, wide characters too, and marks the one sorted by", () => {
    assert.deepEqual(drawGrid(COLUMNS, ROWS, { columns: 80, paint }, "N"), [
      "  NAME       N▾  NOTE",
      "  gateway     1  first",
      "  東京       22  second",
    ]);
  });

  it("leaves out what can be done without, then cuts what may be cut", () => {
    assert.deepEqual(drawGrid(COLUMNS, ROWS, { columns: 17, paint })[1], "  gateway     1");
    assert.deepEqual(drawGrid(COLUMNS, ROWS, { columns: 9, paint })[1], "  gateway");
    assert.deepEqual(drawGrid(COLUMNS, ROWS, { columns: 7, paint })[1], "  gate…");
  });
});

describe("drawLine()", () => {
  it("leaves out the parts for which there is no room", () => {
    const parts = [{ text: "one" }, { text: "a longer one" }, { text: "two" }];
    assert.equal(drawLine(parts, { columns: 80, paint }, " · "), "  one · a longer one · two");
    assert.equal(drawLine(parts, { columns: 12, paint }, " · "), "  one · two");
    assert.equal(drawLine(parts, { columns: 4, paint }, " · "), "  o…");
  });
});
