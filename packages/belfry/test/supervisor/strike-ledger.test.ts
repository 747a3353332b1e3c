import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BanRules } from "@belfry/ftp";
import { fakeClock } from "@belfry/testkit";
import { StrikeLedger } from "../../src/supervisor/strike-ledger.js";

const RULES: BanRules = { kind: "address", attempts: 3, window: 1000, banTime: 5000 };

describe("StrikeLedger", () => {
  it("bans a key by the failure that is one too many, told once, for as long as a ban lasts", async (t) => {
    const clock = fakeClock(t);
    const ledger = new StrikeLedger();
    const told = [1, 2, 3, 4].map(() => ledger.fail("a", RULES));
    assert.deepEqual(told, [null, null, 5000, null]);
    assert.deepEqual([ledger.bans.has("a"), ledger.bans.has("b")], [true, false]);
    await clock.advance(5000, 100);
    assert.equal(ledger.bans.has("a"), false);
    assert.equal(ledger.fail("a", RULES), null);
  });

  it("counts failures within a window that begins with the first", async (t) => {
    const clock = fakeClock(t);
    const ledger = new StrikeLedger();
    ledger.fail("a", RULES);
    await clock.advance(999, 1);
    ledger.fail("a", RULES);
    await clock.advance(1);
    assert.equal(ledger.fail("a", RULES), null);
    assert.equal(ledger.bans.has("a"), false);
  });

  it("goes by the rules of who asks", () => {
    const ledger = new StrikeLedger();
    for (const _ of [1, 2, 3]) ledger.fail("a", { ...RULES, attempts: 5 });
    assert.notEqual(ledger.fail("a", RULES), null);
  });

  it("forgives failures, not bans", () => {
    const ledger = new StrikeLedger();
    for (const _ of [1, 2]) ledger.fail("a", RULES);
    ledger.forgive("a");
    assert.equal(ledger.size, 0);
    for (const _ of [1, 2, 3]) ledger.fail("a", RULES);
    ledger.forgive("a");
    assert.equal(ledger.bans.has("a"), true);
  });

  it("keeps the failures of so many keys, those that failed last, and as many bans", () => {
    const ledger = new StrikeLedger(2);
    for (const key of ["a", "b", "a", "c"]) ledger.fail(key, RULES);
    assert.equal(ledger.size, 2);
    assert.notEqual(ledger.fail("a", RULES), null);
    for (const _ of [1, 2]) assert.equal(ledger.fail("b", RULES), null);
    for (let key = 0; key < 100; key += 1) ledger.fail(`${key}`, { ...RULES, attempts: 1 + (key % 2) });
    assert.equal(ledger.size, 4);
  });
});
