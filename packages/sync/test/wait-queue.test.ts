import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { Waiter, WaitQueue } from "../src/wait-queue.js";

describe("WaitQueue", () => {
  it("behaves like an array in which any element may leave", () => {
    const steps = fc.array(fc.oneof(fc.constant("push" as const), fc.constant("shift" as const), fc.nat(20)));
    fc.assert(
      fc.property(steps, (list) => {
        const queue = new WaitQueue("test");
        const model: Waiter[] = [];
        for (const step of list) {
          if (step === "push") {
            const waiter = new Waiter(() => {}, undefined, null);
            queue.push(waiter);
            model.push(waiter);
            assert.equal(waiter.describeWait(), "test");
          } else if (step === "shift") {
            assert.equal(queue.shift(), model.shift() ?? null);
          } else {
            const [waiter] = model.splice(step % Math.max(1, model.length), 1);
            waiter?.leave();
            waiter?.leave();
            assert.equal(waiter?.describeWait(), undefined);
          }
          assert.equal(queue.count(), model.length);
          assert.equal(queue.head, model[0] ?? null);
        }
        for (const waiter of model) assert.equal(queue.shift(), waiter);
        assert.equal(queue.shift(), null);
      }),
    );
  });
});
