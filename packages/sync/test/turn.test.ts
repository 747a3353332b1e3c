import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { completed, hasTurn, inNextTurn, spend } from "../src/turn.js";
import { settle } from "./outcome.js";

describe("turn", () => {
  it("ends after some thousands of operations, for everybody at once, and begins anew after a macrotask", async () => {
    await settle();
    const shared = completed();
    let operations = 0;
    while (completed() === shared) operations++;
    assert.ok(operations > 1000 && operations < 20_000, `${operations} operations`);
    assert.equal(hasTurn(), false);
    let isNextTurn = false;
    setImmediate(() => (isNextTurn = true));
    assert.equal(await inNextTurn("result"), "result");
    await completed();
    await settle();
    assert.equal(isNextTurn, true);
    assert.equal(completed(), shared);
  });

  it("is used up sooner by operations that do much", async () => {
    const shared = completed();
    spend(1_000_000);
    assert.notEqual(completed(), shared);
    await settle();
    assert.equal(completed(), shared);
  });
});
