import { performance } from "node:perf_hooks";

/** The most seconds that are told late, at once, after the process could not run. */
const MAX_CATCH_UP = 3600;

/** The largest step of the system's clock, in seconds, over which ticking stays gapless and without repeats. */
const MAX_STEP = 10;

const SECOND = 1000;

/**
 * Told of every second: of all from `first` to `last`, which are mostly the same one. Must not throw.
 *
 * @param first whole seconds since the epoch.
 * @param last the second that has just begun.
 */
export type TickListener = (first: number, last: number) => void;

/** Where a {@link Ticker} takes time from; the defaults are the system's. */
export interface TickerOptions {
  /** The wall clock: milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** A clock that is never set: milliseconds since any moment. Default `performance.now`. */
  readonly elapsed?: () => number;
  /** Calls back once after some milliseconds; returns what calls that off. Default `setTimeout`. */
  readonly schedule?: (callback: () => void, delay: number) => () => void;
}

/**
 * Tells any number of listeners of each second of the wall clock as it begins, from one timer that runs only while
 * there are listeners.
 *
 * - Each second is told once and in order. A listener that comes late in a second is not told of that one.
 * - When the process could not run for a while, the missed seconds are told together as soon as it can, up to an hour
 *   of them; after more than that ticking resumes at the present second.
 * - A step of the system's clock by at most 10 s is smoothed: forward, the seconds in between are told at once; backward,
 *   nothing is told until the clock has come past the last second told. A larger step is somebody setting the clock:
 *   ticking resumes at the new time, at once.
 */
export class Ticker {
  readonly #now: () => number;
  readonly #elapsed: () => number;
  readonly #schedule: (callback: () => void, delay: number) => () => void;
  readonly #listeners = new Set<TickListener>();
  #cancel: (() => void) | undefined;
  #told = 0;
  #toldAt = 0;

  constructor(options: TickerOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.#elapsed = options.elapsed ?? (() => performance.now());
    this.#schedule = options.schedule ?? scheduleTimeout;
  }

  /** How many listeners there are. */
  get size(): number {
    return this.#listeners.size;
  }

  /**
   * Adds a listener, which is told of the seconds after the present one.
   *
   * @returns the present second, as {@link current} does.
   */
  follow(listener: TickListener): number {
    const second = this.current();
    this.#listeners.add(listener);
    if (this.#cancel === undefined) this.#arm();
    return second;
  }

  /** Removes a listener; with the last one the timer goes. */
  unfollow(listener: TickListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** The present second: the one that all listeners were told last, told now when its tick is due. */
  current(): number {
    if (this.#listeners.size === 0) this.#mark(Math.floor(this.#now() / SECOND));
    else this.#tellDue();
    return this.#told;
  }

  #arm(): void {
    this.#cancel = this.#schedule(() => this.#turn(), SECOND - (this.#now() % SECOND));
  }

  #turn(): void {
    this.#cancel = undefined;
    try {
      // The timer may come a millisecond early: then nothing is due, and it is set again for the rest.
      this.#tellDue();
    } finally {
      if (this.#listeners.size > 0) this.#arm();
    }
  }

  #tellDue(): void {
    const second = Math.floor(this.#now() / SECOND);
    const first = this.#firstDue(second);
    if (first === undefined) return;
    this.#mark(second);
    // A copy: who begins to follow meanwhile has this second already.
    const listeners = [...this.#listeners];
    for (const listener of listeners) {
      if (this.#listeners.has(listener)) listener(first, second);
    }
  }

  /** The first second to tell now, up to `second`; `undefined` when none is due. */
  #firstDue(second: number): number | undefined {
    const ahead = second - this.#told;
    if (ahead <= 0) return ahead < -MAX_STEP ? second : undefined;
    const step = ahead - (this.#elapsed() - this.#toldAt) / SECOND;
    return step > MAX_STEP || ahead > MAX_CATCH_UP ? second : this.#told + 1;
  }

  #mark(second: number): void {
    this.#told = second;
    this.#toldAt = this.#elapsed();
  }
}

function scheduleTimeout(callback: () => void, delay: number): () => void {
  const timer = setTimeout(callback, delay);
  return () => clearTimeout(timer);
}
