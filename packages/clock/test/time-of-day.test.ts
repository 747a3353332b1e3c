import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { timeOfDay } from "../src/time-of-day.js";

const at = (iso: string): number => Date.parse(iso) / 1000;

describe("timeOfDay()", () => {
  it("shows the time in its zone", () => {
    assert.equal(timeOfDay("Asia/Tokyo")(at("2026-11-20T08:01:02Z")), "17:01:02");
    assert.equal(timeOfDay("America/New_York")(at("2026-11-20T08:01:02Z")), "03:01:02");
    assert.equal(timeOfDay("asia/kolkata")(at("2026-11-20T08:01:02Z")), "13:31:02");
  });

  it("counts hours from 00 to 23", () => {
    const format = timeOfDay("UTC");
    assert.equal(format(at("2026-11-20T00:00:00Z")), "00:00:00");
    assert.equal(format(at("2026-11-20T12:00:00Z")), "12:00:00");
    assert.equal(format(at("2026-11-20T23:59:59Z")), "23:59:59");
  });

  it("goes over to summer time and back to the second", () => {
    const format = timeOfDay("America/New_York");
    assert.equal(format(at("2026-03-08T06:59:59Z")), "01:59:59");
    assert.equal(format(at("2026-03-08T07:00:00Z")), "03:00:00");
    assert.equal(format(at("2026-11-01T05:59:59Z")), "01:59:59");
    assert.equal(format(at("2026-11-01T06:00:00Z")), "01:00:00");
  });

  it("follows a shift by half an hour", () => {
    const format = timeOfDay("Australia/Lord_Howe");
    assert.equal(format(at("2026-04-04T14:59:59Z")), "01:59:59");
    assert.equal(format(at("2026-04-04T15:00:00Z")), "01:30:00");
  });

  it("takes the process's zone without a name", () => {
    const now = new Date();
    const expected = [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => String(part).padStart(2, "0"));
    assert.equal(timeOfDay()(Math.floor(now.getTime() / 1000)), expected.join(":"));
  });

  it("names an unknown zone", () => {
    assert.throws(() => timeOfDay("Mars/Base"), {
      name: "RangeError",
      message: 'Cannot use time zone "Mars/Base": unknown',
    });
  });
});
