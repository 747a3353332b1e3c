import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { handAngles, parseTime, turnTo } from "../../../web/src/wall/hands.js";

describe("parseTime", () => {
  it("reads what a clock tells", () => {
    assert.deepEqual(parseTime("23:59:08"), { hours: 23, minutes: 59, seconds: 8 });
  });

  it("takes a leap second", () => {
    assert.equal(parseTime("23:59:60")?.seconds, 60);
  });

  it("makes nothing of anything else", () => {
    for (const text of [null, "", "noon", "24:00:00", "12:60:00", "12:00:61", "1:02:03", "12:00:00 UTC"])
      assert.equal(parseTime(text), null, String(text));
  });
});

describe("handAngles", () => {
  it("has hour and minute hand creep", () => {
    assert.deepEqual(handAngles({ hours: 15, minutes: 30, seconds: 0 }), { hour: 105, minute: 180, second: 0 });
    assert.equal(handAngles({ hours: 0, minutes: 0, seconds: 30 }).minute, 3);
  });
});

describe("turnTo", () => {
  it("goes on over twelve instead of back", () => {
    assert.equal(turnTo(354, 0), 360);
    assert.equal(turnTo(714, 0), 720);
  });

  it("goes back when that is shorter", () => {
    assert.equal(turnTo(6, 354), -6);
  });

  it("ends where it should, wherever it begins", () => {
    for (let from = -1000; from < 1000; from += 37) {
      const end = turnTo(from, 42);
      assert.equal((((end - 42) % 360) + 360) % 360, 0);
      assert.ok(Math.abs(end - from) <= 180);
    }
  });
});
