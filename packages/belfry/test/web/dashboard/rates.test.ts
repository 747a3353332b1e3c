import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RateMeter } from "../../../web/src/dashboard/rates.js";

describe("RateMeter", () => {
  it("knows a rate from the second reading on", () => {
    const meter = new RateMeter<{ bytes: number }>();
    meter.read(1000, [["a", { bytes: 100 }]]);
    assert.equal(meter.of("a"), undefined);
    meter.read(3000, [["a", { bytes: 500 }]]);
    assert.deepEqual(meter.of("a"), { bytes: 200 });
  });

  it("forgets what a reading does not hold", () => {
    const meter = new RateMeter<{ bytes: number }>();
    meter.read(1000, [["a", { bytes: 1 }]]);
    meter.read(2000, [["b", { bytes: 1 }]]);
    meter.read(3000, [["a", { bytes: 9 }]]);
    assert.equal(meter.of("a"), undefined);
    assert.equal(meter.of("b"), undefined);
  });

  it("takes a counter that fell for one that has begun anew", () => {
    const meter = new RateMeter<{ bytes: number }>();
    meter.read(1000, [["a", { bytes: 1000 }]]);
    meter.read(2000, [["a", { bytes: 10 }]]);
    assert.deepEqual(meter.of("a"), { bytes: 0 });
  });

  it("makes nothing of a reading at the same time as the one before", () => {
    const meter = new RateMeter<{ bytes: number }>();
    meter.read(1000, [["a", { bytes: 0 }]]);
    meter.read(2000, [["a", { bytes: 10 }]]);
    meter.read(2000, [["a", { bytes: 99 }]]);
    assert.deepEqual(meter.of("a"), { bytes: 10 });
  });
});
