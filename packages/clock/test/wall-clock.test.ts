import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseWallClock } from "../src/wall-clock.js";

describe("parseWallClock()", () => {
  it("takes name and address apart", () => {
    assert.deepEqual(parseWallClock("Tokyo=127.0.0.1:8020"), { name: "Tokyo", address: "127.0.0.1:8020" });
    assert.deepEqual(parseWallClock("New York=[::1]:1"), { name: "New York", address: "[::1]:1" });
  });

  for (const text of ["Tokyo", "=127.0.0.1:1", " =127.0.0.1:1", "A=B=127.0.0.1:1", "A=", "A=127.0.0.1", "A=:70000"]) {
    it(`refuses ${text}, naming it`, () => {
      assert.throws(
        () => parseWallClock(text),
        (error) => error instanceof TypeError && error.message.startsWith(`Cannot use clock "${text}": `),
      );
    });
  }
});
