import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Borrower, PlaceLedger } from "../../src/supervisor/place-ledger.js";

interface Recorder extends Borrower {
  granted: number;
  isRecalled: boolean;
}

function borrower(index = 0): Recorder {
  return {
    key: { service: "echo", index },
    granted: 0,
    isRecalled: false,
    grant(count) {
      this.granted += count;
    },
    recall(isOn) {
      this.isRecalled = isOn;
    },
  };
}

describe("PlaceLedger", () => {
  it("lends some places at first and keeps some for those who come later", () => {
    const ledger = new PlaceLedger(100);
    const [a, b] = [borrower(), borrower()];
    ledger.join(a, 2);
    ledger.join(b, 2);
    assert.ok(a.granted > 0 && b.granted > 0);
    assert.ok(ledger.free > 0);
    assert.equal(a.granted + b.granted + ledger.free, 100);
  });

  it("recalls from the others when one wants what is not there, and passes on what comes back", () => {
    const ledger = new PlaceLedger(2);
    const [a, b] = [borrower(), borrower()];
    ledger.join(a, 1);
    ledger.want(a, 1);
    assert.equal(a.granted, 2);
    ledger.join(b, 1);
    ledger.want(b, 1);
    assert.deepEqual([a.isRecalled, b.isRecalled, b.granted], [true, false, 0]);
    ledger.giveBack(a, 1);
    assert.deepEqual([a.isRecalled, b.granted, ledger.free], [false, 1, 0]);
  });

  it("lets who does not wait claim a free place, beside those that are lent", () => {
    const ledger = new PlaceLedger(4);
    const [lent, claimed] = [borrower(), borrower()];
    ledger.join(lent, 1);
    ledger.join(claimed, Number.POSITIVE_INFINITY);
    assert.deepEqual([lent.granted, claimed.granted, ledger.free], [2, 0, 2]);
    assert.deepEqual([ledger.claim(claimed), ledger.claim(claimed), ledger.claim(claimed)], [true, true, false]);
    assert.equal(claimed.granted, 0);
    ledger.giveBack(claimed, 1);
    assert.equal(ledger.free, 1);
    ledger.leave(claimed);
    assert.equal(ledger.free, 2);
    assert.equal(ledger.claim(claimed), false);
  });

  it("gives places in turn to those who want more than there are", () => {
    const ledger = new PlaceLedger(4);
    const [a, b, c] = [borrower(), borrower(), borrower()];
    ledger.join(a, 1);
    ledger.want(a, 2);
    assert.equal(a.granted, 4);
    for (const late of [b, c]) {
      ledger.join(late, 1);
      ledger.want(late, 5);
    }
    ledger.giveBack(a, 4);
    assert.deepEqual([b.granted, c.granted], [2, 2]);
  });

  it("has the places of who has left at once", () => {
    const ledger = new PlaceLedger(3);
    const [a, b] = [borrower(), borrower()];
    ledger.join(a, 1);
    ledger.want(a, 3);
    ledger.join(b, 1);
    ledger.want(b, 2);
    assert.equal(b.granted, 0);
    ledger.leave(a);
    assert.ok(b.granted >= 2);
    ledger.giveBack(a, 3);
    assert.ok(ledger.held <= 3);
  });

  it("lends nothing after the limit fell below what is held until enough has come back", () => {
    const ledger = new PlaceLedger(10);
    const a = borrower();
    ledger.join(a, 1);
    ledger.want(a, 10);
    ledger.setLimit(4);
    assert.equal(a.isRecalled, true);
    ledger.giveBack(a, 6);
    assert.deepEqual([ledger.free, a.isRecalled], [0, false]);
  });

  it("never lends more than the limit, and lends what is free while anybody wants some", () => {
    const step = fc.record({
      who: fc.nat(3),
      what: fc.constantFrom("join", "leave", "want", "giveBack"),
      count: fc.nat(6),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 60 }), (limit, steps) => {
        const ledger = new PlaceLedger(limit);
        const all = [borrower(0), borrower(1), borrower(2), borrower(3)];
        const held = [0, 0, 0, 0];
        const inside = new Set<number>();
        const wants = [0, 0, 0, 0];
        for (const { who, what, count } of steps) {
          const one = all[who] as Recorder;
          const before = all.map(({ granted }) => granted);
          if (what === "join" && !inside.has(who)) {
            ledger.join(one, 2);
            inside.add(who);
          } else if (what === "leave" && inside.delete(who)) {
            ledger.leave(one);
            held[who] = 0;
            wants[who] = 0;
          } else if (what === "want" && inside.has(who)) {
            ledger.want(one, count);
            wants[who] = count;
          } else if (what === "giveBack" && inside.has(who)) {
            const back = Math.min(count, held[who] as number);
            held[who] = (held[who] as number) - back;
            ledger.giveBack(one, back);
          }
          for (const [at, each] of all.entries()) {
            const more = each.granted - (before[at] as number);
            held[at] = (held[at] as number) + more;
            wants[at] = Math.max(0, (wants[at] as number) - more);
          }
          const sum = held.reduce((total, each) => total + each, 0);
          assert.ok(sum <= limit);
          assert.equal(ledger.held, sum);
          if (wants.some((each) => each > 0)) assert.equal(ledger.free, 0);
        }
      }),
    );
  });
});
