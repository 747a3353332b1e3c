import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Turnstile } from "../../src/users/turnstile.js";

describe("Turnstile", () => {
  it("lets so many through for each key, the others in order after them, and forgets the key", async () => {
    const turnstile = new Turnstile(1);
    const order: string[] = [];
    const ends: (() => void)[] = [];
    const pass = (key: string, name: string): Promise<void> => {
      const task = (): Promise<void> => {
        order.push(name);
        return new Promise((resolve) => ends.push(resolve));
      };
      return turnstile.pass(key, task, {});
    };
    const passed = [pass("a", "a1"), pass("a", "a2"), pass("b", "b1")];
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(order, ["a1", "b1"]);
    assert.equal(turnstile.size, 2);
    while (order.length < 3) {
      for (const end of ends) end();
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const end of ends) end();
    await Promise.all(passed);
    assert.deepEqual(order, ["a1", "b1", "a2"]);
    assert.equal(turnstile.size, 0);
  });

  it("forgets the key of a task that throws, and of one that gives up", async () => {
    const turnstile = new Turnstile(1);
    await assert.rejects(
      turnstile.pass("a", () => Promise.reject(new Error("no")), {}),
      /no/,
    );
    const signal = AbortSignal.abort("gone");
    await assert.rejects(
      turnstile.pass("a", async () => {}, { signal }),
      (reason) => reason === "gone",
    );
    assert.equal(turnstile.size, 0);
  });
});
