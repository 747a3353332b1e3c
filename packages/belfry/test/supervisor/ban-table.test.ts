import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fakeClock } from "@belfry/testkit";
import { BanTable } from "../../src/supervisor/ban-table.js";

describe("BanTable", () => {
  it("has who is banned, until that is over", async (t) => {
    const clock = fakeClock(t, { now: 1000 });
    const table = new BanTable(10);
    table.add("a", 2000);
    table.add("b", 1500);
    await clock.advance(499, 1);
    assert.deepEqual([table.has("a"), table.has("b"), table.has("c")], [true, true, false]);
    await clock.advance(1);
    assert.deepEqual(table.list(), [["a", 2000]]);
    assert.deepEqual([table.has("a"), table.has("b"), table.size], [true, false, 1]);
  });

  it("keeps so many at most, the newest", () => {
    const table = new BanTable(2);
    const until = Date.now() + 60_000;
    for (const key of ["a", "b", "a", "c"]) table.add(key, until);
    assert.deepEqual(table.list(), [
      ["a", until],
      ["c", until],
    ]);
  });
});
