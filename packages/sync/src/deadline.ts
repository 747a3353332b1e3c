/** The longest time a timer of the runtime can be set to, in milliseconds; more than that fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** How much a timer of the runtime may fire before its time, in milliseconds. */
const TIMER_SLACK = 2;

/** One function for all timers, where a closure each would be kept for as long as its timer. */
let onTimer: (deadline: Deadline) => void;

/**
 * A moment that can be moved, and a callback for when it passes.
 *
 * Made for one deadline per connection half: one that is never set costs four fields, moving it later costs an
 * assignment, and there is at most one timer, which looks at the clock when it fires and is armed again for the rest.
 * Moments are those of the system clock.
 *
 * @example
 * ```ts
 * import { Deadline } from "@belfry/sync";
 *
 * const deadline = new Deadline(() => console.log("too late"));
 * deadline.set(Date.now() + 5000);
 * deadline.set(null);
 * deadline.clear();
 * ```
 */
export class Deadline {
  /** Called once each time the moment passes, whether anybody waits or not. May be set at any time. */
  callback: (() => void) | null;
  #at = Number.POSITIVE_INFINITY;
  #armedFor = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #hasPassed = false;

  constructor(callback: (() => void) | null = null) {
    this.callback = callback;
  }

  /** The moment, in milliseconds since the epoch; `null` when there is none. */
  get at(): number | null {
    return this.#at === Number.POSITIVE_INFINITY ? null : this.#at;
  }

  /** Whether the moment has passed. Looks at the clock, so that it holds although the callback is still to come. */
  get isExpired(): boolean {
    return this.#hasPassed || (this.#at !== Number.POSITIVE_INFINITY && Date.now() >= this.#at);
  }

  /**
   * Moves the moment.
   *
   * @param at a `Date`, milliseconds since the epoch, or `null` for none. A moment in the past calls the callback
   * before this returns.
   * @throws {TypeError} when `at` is not a moment; the one before stays.
   */
  set(at: Date | number | null): void {
    this.#at = toMoment(at);
    this.#hasPassed = false;
    if (this.#at === Number.POSITIVE_INFINITY) {
      // The timer stays for the next moment, and must not keep the process alive until then.
      this.#timer?.unref();
    } else if (this.#timer === null || this.#at < this.#armedFor) {
      this.#arm();
    } else {
      this.#timer.ref();
    }
  }

  /** Takes the moment away and releases the timer. A deadline that is thrown away while set must be cleared. */
  clear(): void {
    this.#at = Number.POSITIVE_INFINITY;
    this.#hasPassed = false;
    this.#disarm();
  }

  #arm(): void {
    this.#disarm();
    const now = Date.now();
    if (this.#at <= now) {
      this.#pass();
      return;
    }
    this.#armedFor = Math.min(this.#at, now + LONGEST_TIMER);
    this.#timer = setTimeout(onTimer, this.#armedFor - now, this);
  }

  #disarm(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #pass(): void {
    this.#hasPassed = true;
    this.callback?.();
  }

  static {
    onTimer = (deadline) => {
      deadline.#timer = null;
      if (deadline.#at === Number.POSITIVE_INFINITY) return;
      const early = deadline.#at - Date.now();
      // Far too early for the moment it was armed for means that the clock was set back, not that time did not pass.
      const isDue = deadline.#at <= deadline.#armedFor && early > TIMER_SLACK;
      if (early > 0 && !isDue) deadline.#arm();
      else deadline.#pass();
    };
  }
}

function toMoment(at: Date | number | null): number {
  if (at === null) return Number.POSITIVE_INFINITY;
  const moment = at instanceof Date ? at.getTime() : at;
  if (typeof moment !== "number" || Number.isNaN(moment)) {
    throw new TypeError(
      `Cannot set deadline to "${String(at)}": expected a Date, milliseconds since the epoch or null`,
    );
  }
  return moment;
}
