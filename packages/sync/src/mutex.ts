import type { WaitOptions } from "./abort.js";
import { Semaphore } from "./semaphore.js";

/**
 * Mutual exclusion: one task at a time between `acquire` and release, first come, first served. Not reentrant: a task
 * that acquires what it holds waits for itself.
 *
 * @example
 * ```ts
 * import { Mutex } from "@belfry/sync";
 *
 * const mutex = new Mutex();
 * const release = await mutex.acquire();
 * try {
 *   // nobody else is here, over any number of awaits
 * } finally {
 *   release();
 * }
 * ```
 */
export class Mutex {
  readonly #semaphore = new Semaphore(1);

  /** Whether a task holds it. */
  get isLocked(): boolean {
    return this.#semaphore.available === 0;
  }

  /**
   * Waits until nobody holds it.
   *
   * @returns releases it; the second call does nothing.
   * @throws `signal.reason` when the signal aborts first; it is not held then.
   */
  acquire(options?: WaitOptions): Promise<() => void> {
    return this.#semaphore.acquire(options);
  }

  /** Takes it if nobody holds it. @returns releases it; `undefined` when it is held. */
  tryAcquire(): (() => void) | undefined {
    return this.#semaphore.tryAcquire();
  }
}
