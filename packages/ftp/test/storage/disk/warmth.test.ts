import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TOUCH_SIZE, Touches } from "../../../src/storage/disk/touches.js";
import { Warmth } from "../../../src/storage/disk/warmth.js";

const MIB = 1 << 20;
const [QUICK, SLOW, LONG] = [0.4, 0.5, 10];

void describe("Warmth", () => {
  void it("tries short pieces first, and longer ones while they are quick", () => {
    const warmth = new Warmth(new Touches(true));
    const pieces = [QUICK, QUICK, QUICK, SLOW, QUICK].map((ms) => {
      const { piece } = warmth;
      warmth.took(ms, 0);
      return piece;
    });
    assert.deepEqual(pieces, [TOUCH_SIZE, 4 * TOUCH_SIZE, MIB, MIB, TOUCH_SIZE]);
  });

  void it("tries nothing for a stretch behind a slow piece, longer each time", () => {
    const warmth = new Warmth(new Touches(true));
    let position = 0;
    for (const stint of [16 * MIB, 64 * MIB, 256 * MIB]) {
      assert.ok(warmth.isLikelyAt(position));
      warmth.took(SLOW, position);
      assert.ok(!warmth.isLikelyAt(position + stint - 1));
      position += stint;
    }
    for (let slow = 0; slow < 20; slow += 1) warmth.took(SLOW, position);
    assert.ok(warmth.isLikelyAt(position + 1024 * MIB));
  });

  void it("takes a slow piece behind many quick ones for the first", () => {
    for (const [quick, stint] of [
      [31, 64 * MIB],
      [32, 16 * MIB],
    ] as const) {
      const warmth = new Warmth(new Touches(true));
      warmth.took(SLOW, 0);
      for (let count = 0; count < quick; count += 1) warmth.took(QUICK, 0);
      warmth.took(SLOW, 0);
      assert.ok(!warmth.isLikelyAt(stint - 1));
      assert.ok(warmth.isLikelyAt(stint));
    }
  });

  void it("tries nothing anywhere behind a piece that took long, nor where no file is local", () => {
    const touches = new Touches(true);
    const [one, other] = [new Warmth(touches), new Warmth(touches)];
    one.took(SLOW, 0);
    assert.ok(other.isLikelyAt(0));
    one.took(LONG, 0);
    assert.ok(!other.isLikelyAt(0));
    assert.ok(!new Warmth(new Touches(false)).isLikelyAt(0));
  });
});
