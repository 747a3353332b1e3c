import { TOUCH_SIZE, type Touches } from "./touches.js";

/** Milliseconds from which a piece has waited for the disk: the page cache gives the longest one in a third of that. */
const SLOW = 0.5;
/** The longest piece, in bytes. */
const LONGEST = 1 << 20;
/** Bytes that are not tried behind a slow piece: the first time, and at most. */
const FIRST_STINT = 16 << 20;
const LAST_STINT = 1 << 30;
/** How much longer a piece is behind a quick one, and a stint behind a slow one. */
const GROWTH = 4;
/** Quick pieces behind which a slow one counts as the first again. */
const MANY = 32;

/**
 * Whether the next bytes of a file are likely to be in the page cache, so that to read them at once takes no longer than to
 * copy them. Only time tells: the first piece is short, each quick one is followed by a longer one, and a slow one by a
 * stretch that is left to the thread pool, longer each time.
 */
export class Warmth {
  readonly #touches: Touches;
  #piece = TOUCH_SIZE;
  #coldUntil = 0;
  #stint = FIRST_STINT;
  #quick = 0;

  /** `touches` are told, too: a read that waits long is a bad sign for all that is on that disk. */
  constructor(touches: Touches) {
    this.#touches = touches;
  }

  /** How many bytes to try next. */
  get piece(): number {
    return this.#piece;
  }

  /** Whether to read what is at `position` at once. */
  isLikelyAt(position: number): boolean {
    return position >= this.#coldUntil && this.#touches.areQuick;
  }

  /** Tells that the piece before `position` has taken `ms` milliseconds. */
  took(ms: number, position: number): void {
    this.#touches.took(ms);
    if (ms < SLOW) {
      this.#piece = Math.min(this.#piece * GROWTH, LONGEST);
      this.#quick += 1;
      if (this.#quick >= MANY) this.#stint = FIRST_STINT;
      return;
    }
    this.#piece = TOUCH_SIZE;
    this.#quick = 0;
    this.#coldUntil = position + this.#stint;
    this.#stint = Math.min(this.#stint * GROWTH, LAST_STINT);
  }
}
