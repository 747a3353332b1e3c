import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkPassive } from "../../src/data/check-passive.js";

describe("checkPassive", () => {
  it("takes what can be used", () => {
    checkPassive({});
    checkPassive({ ports: { from: 50_000, to: 50_000 }, externalAddress: "198.51.100.1" });
    checkPassive({ ports: { from: 1, to: 65_535 }, externalAddress: () => "local" });
  });

  it("names a range that is none", () => {
    for (const [from, to] of [
      [50_100, 50_000],
      [0, 10],
      [1, 65_536],
      [1.5, 3],
      [Number.NaN, 3],
    ] as const) {
      assert.throws(() => checkPassive({ ports: { from, to } }), {
        name: "RangeError",
        message: `Cannot use passive ports ${from} to ${to}: expected a range within 1 to 65535`,
      });
    }
  });

  it("names an external address that is none", () => {
    assert.throws(() => checkPassive({ externalAddress: "::1" }), {
      name: "TypeError",
      message: 'Cannot use external address "::1": expected an IPv4 address, a name or "local"',
    });
  });
});
