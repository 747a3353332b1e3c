import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nextTurn, sinceTurn } from "../src/turns.js";

void describe("nextTurn", () => {
  void it("gives one a turn of the event loop, in the order they asked", async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const seen: (readonly [which: number, turn: number])[] = [];
    await Promise.all([0, 1, 2, 3].map((which) => nextTurn().then(() => seen.push([which, turns]))));
    clearImmediate(timer);
    assert.deepEqual(
      seen.map(([which]) => which),
      [0, 1, 2, 3],
    );
    assert.equal(new Set(seen.map(([, turn]) => turn)).size, 4);
  });
});

void describe("sinceTurn", () => {
  void it("tells how long whoever got the last turn has been at it", async () => {
    await nextTurn();
    assert.ok(sinceTurn() < 1000);
    for (const until = performance.now() + 5; performance.now() < until;);
    assert.ok(sinceTurn() >= 5);
    const before = sinceTurn();
    await nextTurn();
    assert.ok(sinceTurn() < before);
  });
});
