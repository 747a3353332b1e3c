import { enlist, isReady, take } from "./selectable.js";
import type { Selectable } from "./selectable.js";
import type { Waiter } from "./wait-queue.js";

const LONGEST_TIMER = 2 ** 31 - 1;

/** How much a timer of the runtime may fire before its time, in milliseconds. */
const TIMER_SLACK = 2;

/**
 * A case of `select` that becomes ready when `ms` milliseconds have passed since this call, and stays so: made inside
 * a loop it limits each turn, made before the loop it limits the whole loop. Its timer runs only while a select waits.
 *
 * @param ms zero or less is ready at once; `Infinity` never is.
 * @throws {TypeError} when `ms` is not a number.
 * @example
 * ```ts
 * import { after, Channel, select } from "@belfry/sync";
 *
 * const channel = new Channel<string>();
 * const result = await select({ message: channel, timeout: after(10) });
 * console.log(result.case); // timeout
 * ```
 */
export function after(ms: number): TimerCase {
  if (typeof ms !== "number" || Number.isNaN(ms)) {
    throw new TypeError(`Cannot wait for "${String(ms)}": expected milliseconds`);
  }
  return new TimerCase(ms);
}

/** A moment as a case of `select`, made by {@link after}. */
export class TimerCase implements Selectable {
  readonly #due: number;

  constructor(ms: number) {
    this.#due = performance.now() + ms;
  }

  [isReady](): boolean {
    return performance.now() >= this.#due;
  }

  [take](): { value: undefined; done: false } {
    return { value: undefined, done: false };
  }

  [enlist](waiter: Waiter): (() => void) | null {
    if (this.#due === Number.POSITIVE_INFINITY) return null;
    let timer: NodeJS.Timeout;
    const arm = (rest: number): void => {
      timer = setTimeout(fire, Math.min(rest, LONGEST_TIMER), rest);
    };
    const fire = (rest: number): void => {
      const left = this.#due - performance.now();
      // A wait cut short by more than the slack was ended by a clock under test, which is to be believed.
      if (rest > LONGEST_TIMER || (left > 0 && left <= TIMER_SLACK)) arm(left);
      else waiter.owner?.complete(waiter, undefined, false);
    };
    arm(this.#due - performance.now());
    return () => clearTimeout(timer);
  }
}
