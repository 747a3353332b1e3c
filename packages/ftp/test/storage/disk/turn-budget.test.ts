import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TurnBudget } from "../../../src/storage/disk/turn-budget.js";

const MIB = 1 << 20;

void describe("TurnBudget", () => {
  void it("gives a MiB of a turn at once, and more in the next one", async () => {
    const budget = new TurnBudget();
    assert.equal(budget.take(MIB - 1), null);
    assert.equal(budget.take(MIB), null, "one byte was left");
    const later = budget.take(1);
    assert.notEqual(later, null);
    await later;
    assert.equal(budget.take(MIB - 1), null);
    assert.notEqual(budget.take(1), null);
  });

  void it("begins anew in each turn, also when nobody waits", async () => {
    const budget = new TurnBudget();
    for (let turn = 0; turn < 3; turn += 1) {
      assert.equal(budget.take(MIB), null);
      await new Promise(setImmediate);
    }
  });

  void it("gives those who wait their turns in order, as many at a time as a MiB is for", async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const budget = new TurnBudget();
    const seen: (readonly [which: number, turn: number])[] = [];
    const wait = async (which: number): Promise<void> => {
      await budget.take(MIB / 4);
      seen.push([which, turns]);
    };
    await Promise.all(Array.from({ length: 20 }, (_, which) => wait(which)));
    clearImmediate(timer);
    assert.deepEqual(
      seen.map(([which]) => which),
      Array.from({ length: 20 }, (_, which) => which),
    );
    const turnsSeen = [...new Set(seen.map(([, turn]) => turn))];
    const each = turnsSeen.map((turn) => seen.filter(([, other]) => other === turn).length);
    assert.deepEqual(each, [4, 4, 4, 4, 4]);
  });

  void it("lets nobody pass those who wait", async () => {
    const budget = new TurnBudget();
    assert.equal(budget.take(MIB), null);
    const order: string[] = [];
    const first = budget.take(MIB)?.then(() => order.push("first"));
    const second = budget.take(1)?.then(() => order.push("second"));
    await first;
    assert.notEqual(budget.take(1), null);
    await second;
    assert.deepEqual(order, ["first", "second"]);
  });
});
