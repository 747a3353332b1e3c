import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Mutex } from "../src/mutex.js";
import { settle } from "./outcome.js";

describe("Mutex", () => {
  it("lets one task at a time between acquire and release", async () => {
    const mutex = new Mutex();
    let inside = 0;
    const tasks = Array.from({ length: 10 }, async () => {
      const release = await mutex.acquire();
      try {
        inside++;
        await settle();
        assert.equal(inside, 1);
        inside--;
      } finally {
        release();
      }
    });
    assert.equal(mutex.isLocked, true);
    assert.equal(mutex.tryAcquire(), undefined);
    await Promise.all(tasks);
    assert.equal(mutex.isLocked, false);
    assert.equal(typeof mutex.tryAcquire(), "function");
  });

  it("stays locked when a release is called a second time after another task has it", async () => {
    const mutex = new Mutex();
    const first = await mutex.acquire();
    first();
    await mutex.acquire();
    first();
    assert.equal(mutex.isLocked, true);
  });
});
