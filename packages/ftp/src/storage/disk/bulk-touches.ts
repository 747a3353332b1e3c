import { writeNow } from "./calls.js";

/** Milliseconds from which a call has waited for a disk, or for a turn on a busy processor. */
const SLOW = 10;
/** How many times as long as a slow call took the pool does the work: others are held up a twentieth of the time at most. */
const SHARE = 20;
const LONGEST_REST = 60_000;
/** Quick calls in a row after which a slow one counts as the first again. */
const FORGIVEN = 64;

/**
 * Large writes that are made at once on a local file system. Each takes a few hundred µs, and one in a thousand is late
 * on a busy machine. Behind a slow one they go to the thread pool for twenty times as long as it took, and for twice as
 * long each time again.
 */
export class BulkTouches {
  readonly #isLocal: boolean;
  #restsUntil = 0;
  #share = SHARE;
  #quick = 0;

  constructor(isLocal: boolean) {
    this.#isLocal = isLocal;
  }

  /** Whether writes are made at once now. */
  get areQuick(): boolean {
    return this.#isLocal && (this.#restsUntil === 0 || performance.now() >= this.#restsUntil);
  }

  /** Writes all of `data`. Only while {@link areQuick}. */
  write(fd: number, data: Uint8Array, position: number): void {
    const since = performance.now();
    try {
      writeNow(fd, data, position);
    } finally {
      this.#judge(since, performance.now());
    }
  }

  #judge(since: number, now: number): void {
    const duration = now - since;
    if (duration < SLOW) {
      this.#restsUntil = 0;
      this.#quick += 1;
      if (this.#quick === FORGIVEN) this.#share = SHARE;
      return;
    }
    this.#restsUntil = now + Math.min(LONGEST_REST, duration * this.#share);
    this.#share *= 2;
    this.#quick = 0;
  }
}
