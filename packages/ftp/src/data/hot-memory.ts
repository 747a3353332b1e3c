/** Bytes that are read and written in one go: a few hundred µs of copying, and few enough to stay in a cache. */
const SIZE = 1 << 20;

/** Bytes that may still be taken in at once in this turn of the event loop. */
let left = SIZE;
let memory: Buffer | null = null;

/**
 * Memory for bytes that are written before anything else happens. It is the same for all, so it stays in the processor's
 * cache, and does not grow with the number of sessions.
 *
 * @param most bytes at most.
 */
export function hotMemory(most: number): Buffer {
  memory ??= Buffer.allocUnsafeSlow(SIZE);
  return most >= SIZE ? memory : memory.subarray(0, most);
}

/** Notes bytes that were written at once. @returns whether this turn has had its part, and who wants more waits for the next one. */
export function spend(bytes: number): boolean {
  if (left === SIZE) setImmediate(renew);
  left = Math.max(0, left - bytes);
  return left === 0;
}

function renew(): void {
  left = SIZE;
}
