import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { after } from "../src/after.js";
import { Channel } from "../src/channel.js";
import { select } from "../src/select.js";
import { settle, watch } from "./outcome.js";

describe("after()", () => {
  it("is ready once its time has passed, and not before", async () => {
    for (const ms of [1, 2, 3, 5, 8]) {
      const start = performance.now();
      const result = await select({ timeout: after(ms) });
      assert.deepEqual(result, { case: "timeout", value: undefined, done: false });
      const took = performance.now() - start;
      assert.ok(took >= ms, `${took} ms`);
    }
  });

  it("is ready at once for zero and less, and for a time that passed before the select", async () => {
    assert.equal((await select({ now: after(0) })).case, "now");
    assert.equal((await select({ past: after(-5) })).case, "past");
    const timer = after(2);
    await select({ passed: after(4) });
    assert.equal((await select({ timer }, { otherwise: true })).case, "timer");
  });

  it("never is for Infinity", async () => {
    const channel = new Channel<number>();
    const result = watch(select({ channel, never: after(Number.POSITIVE_INFINITY) }));
    await settle();
    assert.equal(result().state, "waiting");
    channel.close();
  });

  it("waits longer than a timer of the runtime can", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const result = watch(select({ month: after(30 * 24 * 3600 * 1000) }));
    t.mock.timers.tick(2 ** 31 - 1);
    await settle();
    assert.equal(result().state, "waiting");
  });

  it("releases its timer when another case wins", async () => {
    const countTimers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = countTimers();
    const channel = new Channel<number>();
    const result = select({ channel, timeout: after(60_000) });
    assert.equal(countTimers(), before + 1);
    channel.trySend(1);
    assert.equal(countTimers(), before);
    await result;
  });

  it("turns away what is no number", () => {
    assert.throws(() => after(Number.NaN), TypeError);
    assert.throws(() => after("5" as unknown as number), { message: /"5"/ });
  });
});
