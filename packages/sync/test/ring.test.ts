import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { Ring } from "../src/ring.js";

describe("Ring", () => {
  it("behaves like an array that is pushed and shifted", () => {
    const steps = fc.array(fc.oneof(fc.constant("push" as const), fc.constant("shift" as const), fc.nat(20)));
    fc.assert(
      fc.property(steps, (list) => {
        const ring = new Ring<number>();
        const model: number[] = [];
        for (const [i, step] of list.entries()) {
          if (step === "push") {
            ring.push(i);
            model.push(i);
          } else if (step === "shift") {
            if (model.length > 0) assert.equal(ring.shift(), model.shift());
          } else {
            const count = Math.min(step, model.length);
            assert.deepEqual(ring.shiftMany(count), model.splice(0, count));
          }
          assert.equal(ring.size, model.length);
        }
        assert.deepEqual(ring.shiftMany(ring.size), model);
      }),
    );
  });
});
