import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { formatTime, parseTime } from "../../src/protocol/date.js";

describe("formatTime()", () => {
  it("writes UTC, and milliseconds only where there are some", () => {
    assert.equal(formatTime(Date.UTC(1998, 6, 5, 13, 56, 16)), "19980705135616");
    assert.equal(formatTime(Date.UTC(2024, 1, 29, 1, 2, 3, 4)), "20240229010203.004");
    assert.equal(formatTime(0), "19700101000000");
  });

  it("cuts fractions of milliseconds off, towards the past", () => {
    assert.equal(formatTime(1000.9), "19700101000001");
    assert.equal(formatTime(-0.5), "19691231235959.999");
  });

  it("writes four digits of a year whatever the time", () => {
    assert.equal(formatTime(Infinity), "99991231235959.999");
    assert.equal(formatTime(8.64e15), "99991231235959.999");
    assert.equal(formatTime(-8.64e15), "00000101000000");
    assert.equal(formatTime(Number.NaN), "19700101000000");
    assert.equal(formatTime(Date.parse("0099-01-01T00:00:00Z")), "00990101000000");
  });

  it("agrees with the ISO form", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
        (date) => {
          assert.equal(
            formatTime(date.getTime()),
            date
              .toISOString()
              .replaceAll(/[-:TZ]/g, "")
              .replace(/\.000$/, ""),
          );
        },
      ),
    );
  });
});

describe("parseTime()", () => {
  it("reads what formatTime() writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.parse("0000-01-01"), max: Date.parse("9999-12-31") }), (ms) => {
        assert.equal(parseTime(formatTime(ms)), ms);
      }),
    );
  });

  it("counts three decimals and takes any number of them", () => {
    assert.equal(parseTime("19700101000001.5"), 1500);
    assert.equal(parseTime("19700101000001.05"), 1050);
    assert.equal(parseTime("19700101000001.123999999"), 1123);
    assert.equal(parseTime(`19700101000001.${"9".repeat(5000)}`), 1999);
  });

  it("takes the leap second for the one after second 59", () => {
    assert.equal(parseTime("20161231235960"), Date.UTC(2017, 0, 1));
    assert.equal(parseTime("20161231235960.25"), Date.UTC(2017, 0, 1, 0, 0, 0, 250));
  });

  it("gives null for what is no time", () => {
    for (const text of [
      "",
      "2016",
      "201612312359",
      "2016123123595",
      "20161231235961",
      "20161231236000",
      "20161231240000",
      "20161301000000",
      "20160001000000",
      "20160100000000",
      "20160230000000",
      "20150229000000",
      "20161131000000",
      "20161231000000.",
      "20161231000000 ",
      "20161231000000Z",
      "+0161231000000",
      "２0161231000000",
    ]) {
      assert.equal(parseTime(text), null, text);
    }
    assert.equal(parseTime("20160229000000"), Date.UTC(2016, 1, 29));
  });

  it("never throws", () => {
    const digits = fc.string({ unit: fc.constantFrom("0", "1", "2", "3", "5", "6", "9", "."), maxLength: 20 });
    fc.assert(
      fc.property(fc.oneof(fc.string(), digits), (text) => {
        const ms = parseTime(text);
        assert.ok(ms === null || Number.isSafeInteger(ms));
      }),
    );
  });
});
