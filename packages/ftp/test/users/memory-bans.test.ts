import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fakeClock } from "@belfry/testkit";
import { memoryBans } from "../../src/users/memory-bans.js";

describe("memoryBans", () => {
  it("keeps the failures of those who failed last", async () => {
    const bans = memoryBans({ attempts: 2, window: 60_000, banTime: 60_000, maxKeys: 2 });
    for (const key of ["a", "b", "c"]) assert.equal(await bans.fail(key), null);
    assert.equal(bans.size, 2);
    assert.equal(await bans.fail("a"), null);
    assert.notEqual(await bans.fail("c"), null);
  });

  it("keeps the bans that end last, and drops those that have ended", async (t) => {
    const clock = fakeClock(t);
    const bans = memoryBans({ attempts: 1, window: 1000, banTime: 1000, maxKeys: 2 });
    for (const key of ["a", "b", "c"]) await bans.fail(key);
    assert.deepEqual(
      ["a", "b", "c"].map((key) => bans.has(key)),
      [false, true, true],
    );
    assert.equal(bans.size, 2);
    await clock.advance(1000, 100);
    await bans.fail("d");
    assert.equal(bans.size, 1);
  });

  it("tells a ban once, and a failure under a ban does not prolong it", async (t) => {
    const clock = fakeClock(t);
    const bans = memoryBans({ attempts: 1, window: 1000, banTime: 1000 });
    assert.equal(await bans.fail("a"), 1000);
    await clock.advance(500, 100);
    assert.equal(await bans.fail("a"), null);
    await clock.advance(500, 100);
    assert.equal(bans.has("a"), false);
  });

  it("forgives failures, not bans", async () => {
    const bans = memoryBans({ attempts: 2, window: 60_000, banTime: 60_000 });
    await bans.fail("a");
    await bans.forgive("a");
    assert.equal(bans.size, 0);
    assert.equal(await bans.fail("a"), null);
    await bans.fail("a");
    await bans.forgive("a");
    assert.equal(bans.has("a"), true);
  });
});
