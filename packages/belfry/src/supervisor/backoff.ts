/** How long to wait before starting anew what keeps ending. Times are milliseconds. */
export interface Backoff {
  /** @returns the wait before the next start: none at first, then 100 doubling to 10,000. */
  next(): number;
}

const FIRST = 100;
const LONGEST = 10_000;
/** Who has lived so long starts from the beginning. */
const HEALTHY = 10_000;

/** @param now the clock, for tests. */
export function createBackoff(now: () => number = () => performance.now()): Backoff {
  let delay = 0;
  let startedAt = now();
  return {
    next() {
      if (now() - startedAt >= HEALTHY + delay) delay = 0;
      const wait = delay;
      delay = Math.min(delay * 2 || FIRST, LONGEST);
      startedAt = now() + wait;
      return wait;
    },
  };
}
