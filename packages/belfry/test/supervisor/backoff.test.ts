import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBackoff } from "../../src/supervisor/backoff.js";

describe("createBackoff()", () => {
  it("starts at once, then waits 100 ms, doubling to 10 s", () => {
    let now = 0;
    const backoff = createBackoff(() => now);
    const waits = Array.from({ length: 10 }, () => {
      const wait = backoff.next();
      now += wait + 50;
      return wait;
    });
    assert.deepEqual(waits, [0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  });

  it("starts anew after a time of health", () => {
    let now = 0;
    const backoff = createBackoff(() => now);
    for (let round = 0; round < 5; round += 1) now += backoff.next();
    assert.equal(backoff.next(), 1600);
    now += 1600 + 20_000;
    assert.equal(backoff.next(), 0);
    assert.equal(backoff.next(), 100);
  });
});
