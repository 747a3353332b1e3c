import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { wholeNumber } from "../../src/options/whole-number.js";

describe("wholeNumber()", () => {
  it("reads decimal digits within its range", () => {
    assert.equal(wholeNumber(1)("1"), 1);
    assert.equal(wholeNumber(0, 65_535)("65535"), 65_535);
  });

  it("says what it expected of anything else", () => {
    for (const text of ["", "0", "-1", "1.5", "1e3", "0x10", " 1", "many", "9".repeat(30)]) {
      assert.throws(() => wholeNumber(1)(text), {
        name: "RangeError",
        message: "expected a whole number of at least 1",
      });
    }
    assert.throws(() => wholeNumber(0, 9)("10"), { message: "expected a whole number from 0 to 9" });
  });
});
