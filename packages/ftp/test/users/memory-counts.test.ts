import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { memoryCounts } from "../../src/users/memory-counts.js";

describe("memoryCounts", () => {
  it("holds each account to the limit it is told, counting those without one", () => {
    const counts = memoryCounts();
    const leave = counts.enter("ann", Number.POSITIVE_INFINITY);
    assert.equal(typeof leave, "function");
    assert.equal(counts.enter("ann", 1), null);
    assert.notEqual(counts.enter("bob", 1), null);
    (leave as () => void)();
    assert.notEqual(counts.enter("ann", 1), null);
    assert.equal(counts.enter("ann", 1), null);
  });

  it("has lists of bans of their own for each who asks", async () => {
    const counts = memoryCounts();
    const rules = { attempts: 1, window: 1000, banTime: 1000 };
    const [addresses, users] = [counts.bans({ kind: "address", ...rules }), counts.bans({ kind: "user", ...rules })];
    await addresses.fail("x");
    assert.deepEqual([addresses.has("x"), users.has("x")], [true, false]);
  });
});
