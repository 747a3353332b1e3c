import type { TestContext } from "node:test";

/** Options of {@link fakeClock}. */
export interface FakeClockOptions {
  /** Where the clock begins, in milliseconds since the epoch. Default 0. */
  readonly now?: number | undefined;
}

/** Time that goes on only when told. */
export interface FakeClock {
  /** Milliseconds since the epoch, what `Date.now()` gives too. */
  readonly now: number;
  /**
   * Lets time go on, step by step; before each step what is ready runs, I/O included. A timer sees its own moment when
   * `step` divides it.
   *
   * @param ms how far.
   * @param step how far at once. Default 1.
   */
  advance(ms: number, step?: number): Promise<void>;
}

/**
 * Puts `setTimeout`, `setInterval` and `Date` of the whole process under the hand of one test; the end of the test
 * gives them back. Stands on the mock timers of `node:test`, which know no `timer.refresh()` and leave
 * `performance.now()`, `setImmediate` and the network alone.
 *
 * @example
 * ```ts
 * import { test } from "node:test";
 * import { fakeClock } from "@belfry/testkit";
 *
 * test("waits an hour", async (t) => {
 *   const clock = fakeClock(t);
 *   const hour = new Promise((resolve) => setTimeout(resolve, 3_600_000));
 *   await clock.advance(3_600_000, 60_000);
 *   await hour;
 * });
 * ```
 */
export function fakeClock(test: TestContext, options: FakeClockOptions = {}): FakeClock {
  const { timers } = test.mock;
  timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: options.now ?? 0 });
  return {
    get now() {
      return Date.now();
    },
    async advance(ms, step = 1) {
      for (let left = ms; left > 0; left -= step) {
        await turn();
        timers.tick(Math.min(step, left));
      }
      await turn();
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
