import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { drift } from "../../src/clockwall/drift.js";

const MIDNIGHT = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

function tell(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

describe("drift()", () => {
  it("is the time from the second that is told to the line that tells it, in any zone", () => {
    const at = MIDNIGHT + 17 * 3_600_000 + 5 * 60_000 + 9000 + 42;
    assert.equal(drift("17:05:09", at), 42);
    assert.equal(drift("02:05:09", at), 42, "Tokyo");
    assert.equal(drift("22:35:09", at), 42, "India");
    assert.equal(drift("22:50:09", at), 42, "Nepal");
    assert.equal(drift("17:05:10", at), -958, "a clock that is fast");
    assert.equal(drift("17:05:07", at), 2042, "a clock that is slow");
    assert.equal(drift("Fri Jan  2 02:05:09 JST 2026", at), 42);
  });

  it("is the same across midnight", () => {
    assert.equal(drift("23:59:59", MIDNIGHT + 3), 1003);
    assert.equal(drift("00:00:00", MIDNIGHT - 4), -4);
    assert.equal(drift("9:00:00", MIDNIGHT + DAY + 7), 7);
  });

  it("is not known of what tells no time", () => {
    for (const text of ["", "noon", "25:00:00", "12:60:00", "12:00", "112:00:00", "12:00:000"]) {
      assert.equal(drift(text, MIDNIGHT), null, text);
    }
  });

  it("finds any error below seven and a half minutes, whatever the zone", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: MIDNIGHT, max: MIDNIGHT + 400 * DAY }),
        fc.integer({ min: -48, max: 56 }),
        fc.integer({ min: -450_000, max: 449_999 }),
        (second, quarters, error) => {
          const told = Math.floor(second / 1000) * 1000;
          return drift(tell(told + quarters * 900_000), told + error) === error;
        },
      ),
    );
  });
});
