import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Semaphore } from "../src/semaphore.js";
import { settle, watch } from "./outcome.js";

describe("Semaphore", () => {
  it("turns away a number of permits that is no whole number of at least 1", () => {
    for (const permits of [0, -1, 1.5, Number.NaN]) assert.throws(() => new Semaphore(permits), RangeError);
  });

  it("gives out as many permits as it has and makes the next wait", async () => {
    const semaphore = new Semaphore(2);
    const release = await semaphore.acquire();
    await semaphore.acquire();
    const third = watch(semaphore.acquire());
    await settle();
    assert.equal(third().state, "waiting");
    assert.deepEqual([semaphore.available, semaphore.waiting], [0, 1]);
    release();
    await settle();
    assert.equal(third().state, "resolved");
  });

  it("serves those who wait in the order they came, and nobody overtakes", async () => {
    const semaphore = new Semaphore(1);
    const order: number[] = [];
    const release = await semaphore.acquire();
    const tasks = [1, 2, 3].map(async (i) => {
      const done = await semaphore.acquire();
      order.push(i);
      done();
    });
    release();
    assert.equal(semaphore.tryAcquire(), undefined);
    await Promise.all(tasks);
    assert.deepEqual(order, [1, 2, 3]);
  });

  it("takes a permit back once, however often it is released", async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    release();
    release();
    assert.equal(semaphore.available, 1);
  });

  it("rejects with the signal's reason and passes the permit to the next", async () => {
    const semaphore = new Semaphore(1);
    const controller = new AbortController();
    const release = await semaphore.acquire();
    const cancelled = watch(semaphore.acquire({ signal: controller.signal }));
    const next = semaphore.acquire();
    controller.abort("off");
    release();
    (await next)();
    await settle();
    assert.deepEqual(cancelled(), { state: "rejected", reason: "off" });
    assert.equal(semaphore.available, 1);
    await assert.rejects(semaphore.acquire({ signal: controller.signal }), (reason) => reason === "off");
  });
});
