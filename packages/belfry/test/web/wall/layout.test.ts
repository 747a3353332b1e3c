import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { layOut } from "../../../web/src/wall/layout.js";

describe("layOut", () => {
  it("puts three clocks side by side on a wide screen", () => {
    assert.equal(layOut(3, { width: 1920, height: 1000 }).columns, 3);
    assert.equal(layOut(3, { width: 3840, height: 2100 }).columns, 3);
  });

  it("fits thirty clocks on a wide screen, in full rows", () => {
    const { columns, dial } = layOut(30, { width: 1920, height: 1000 });
    assert.equal(30 % columns, 0);
    assert.ok(dial * columns <= 1920);
    assert.ok((dial * 30) / columns <= 1000);
  });

  it("lets a phone scroll rather than making dials too small to read", () => {
    const { columns, dial } = layOut(30, { width: 390, height: 740 });
    assert.equal(columns, 2);
    assert.ok(dial >= 128 && dial * columns <= 390, `${dial}`);
  });

  it("never makes dials wider than there is room", () => {
    for (const clocks of [1, 2, 3, 5, 8, 13, 30, 60]) {
      for (const [width, height] of [
        [320, 568],
        [844, 390],
        [1440, 820],
        [3840, 2080],
      ] as const) {
        const { columns, dial } = layOut(clocks, { width, height });
        assert.ok(columns * dial <= width, `${clocks} clocks at ${width}: ${columns} of ${dial}`);
      }
    }
  });

  it("does not mind a wall without clocks", () => {
    assert.deepEqual(layOut(0, { width: 800, height: 600 }).columns, 1);
  });
});
