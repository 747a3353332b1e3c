import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { Deadline } from "../src/deadline.js";

function startClock(t: TestContext): { tick(ms: number): void; timersMade(): number } {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const make = t.mock.method(globalThis, "setTimeout");
  return { tick: (ms) => t.mock.timers.tick(ms), timersMade: () => make.mock.callCount() };
}

describe("Deadline", () => {
  it("calls back once when the moment passes", (t) => {
    const clock = startClock(t);
    let calls = 0;
    const deadline = new Deadline(() => calls++);
    deadline.set(Date.now() + 100);
    clock.tick(99);
    assert.deepEqual([calls, deadline.isExpired], [0, false]);
    clock.tick(1);
    assert.deepEqual([calls, deadline.isExpired], [1, true]);
    clock.tick(1000);
    assert.equal(calls, 1);
  });

  it("is none until it is set, and makes no timer", (t) => {
    const clock = startClock(t);
    const deadline = new Deadline();
    assert.deepEqual([deadline.at, deadline.isExpired], [null, false]);
    deadline.set(null);
    deadline.clear();
    assert.equal(clock.timersMade(), 0);
  });

  it("makes no new timer when it is moved later", (t) => {
    const clock = startClock(t);
    let calls = 0;
    const deadline = new Deadline(() => calls++);
    for (let i = 0; i < 100; i++) {
      deadline.set(Date.now() + 50);
      clock.tick(10);
    }
    assert.equal(calls, 0);
    assert.ok(clock.timersMade() <= 30, `${clock.timersMade()} timers for 100 moves`);
    clock.tick(40);
    assert.equal(calls, 1);
  });

  it("passes earlier when it is moved earlier", (t) => {
    const clock = startClock(t);
    let calls = 0;
    const deadline = new Deadline(() => calls++);
    deadline.set(Date.now() + 10_000);
    deadline.set(new Date(Date.now() + 10));
    clock.tick(10);
    assert.equal(calls, 1);
  });

  it("calls back before set returns when the moment is past", (t) => {
    startClock(t);
    let calls = 0;
    const deadline = new Deadline(() => calls++);
    deadline.set(Date.now());
    assert.deepEqual([calls, deadline.isExpired], [1, true]);
  });

  it("is usable again after it has passed", (t) => {
    const clock = startClock(t);
    let calls = 0;
    const deadline = new Deadline();
    deadline.set(Date.now() - 1);
    deadline.callback = () => calls++;
    deadline.set(Date.now() + 20);
    assert.equal(deadline.isExpired, false);
    clock.tick(20);
    assert.equal(calls, 1);
  });

  it("does not pass once it is taken away", (t) => {
    const clock = startClock(t);
    let calls = 0;
    const deadline = new Deadline(() => calls++);
    deadline.set(Date.now() + 20);
    deadline.set(null);
    clock.tick(100);
    deadline.set(Date.now() + 20);
    deadline.clear();
    clock.tick(100);
    assert.deepEqual([calls, deadline.at, deadline.isExpired], [0, null, false]);
  });

  it("looks at the clock before the timer has fired", (t) => {
    startClock(t);
    const deadline = new Deadline();
    deadline.set(Date.now() + 20);
    t.mock.timers.setTime(Date.now() + 20);
    assert.equal(deadline.isExpired, true);
  });

  it("waits on when the timer fires early", async () => {
    for (let i = 0; i < 20; i++) {
      const at = Date.now() + 3;
      await new Promise<void>((resolve) => new Deadline(resolve).set(at));
      assert.ok(Date.now() >= at);
    }
  });

  it("reaches further than a timer of the runtime", (t) => {
    const clock = startClock(t);
    let calls = 0;
    const deadline = new Deadline(() => calls++);
    deadline.set(Date.now() + 2 ** 31 + 10);
    clock.tick(2 ** 31 - 1);
    assert.equal(calls, 0);
    clock.tick(11);
    assert.equal(calls, 1);
  });

  it("keeps the process alive only while there is a moment", () => {
    const countTimers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = countTimers();
    const deadline = new Deadline();
    deadline.set(Date.now() + 60_000);
    assert.equal(countTimers(), before + 1);
    deadline.set(null);
    assert.equal(countTimers(), before);
    deadline.set(Date.now() + 90_000);
    assert.equal(countTimers(), before + 1);
    deadline.clear();
    assert.equal(countTimers(), before);
  });

  it("turns away what is no moment and keeps the one before", () => {
    const deadline = new Deadline();
    const at = Date.now() + 60_000;
    deadline.set(at);
    assert.throws(() => deadline.set(Number.NaN), TypeError);
    assert.throws(() => deadline.set(new Date("never")), TypeError);
    assert.throws(() => deadline.set("soon" as unknown as number), { message: /"soon"/ });
    assert.equal(deadline.at, at);
    deadline.clear();
  });
});
