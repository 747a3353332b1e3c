import type { WaitOptions } from "./abort.js";
import { cancelWith } from "./abort.js";
import { traceWait } from "./task.js";
import { hasTurn, inNextTurn } from "./turn.js";
import { Waiter, WaitQueue } from "./wait-queue.js";

/**
 * A number of permits. Tasks that find none wait, and are served first come, first served: a permit that is released
 * goes straight to the first one waiting, so nobody can overtake.
 *
 * @example
 * ```ts
 * import { Semaphore } from "@belfry/sync";
 *
 * const semaphore = new Semaphore(2);
 * const release = await semaphore.acquire();
 * try {
 *   // at most two tasks are here
 * } finally {
 *   release();
 * }
 * ```
 */
export class Semaphore {
  /** How many tasks may hold a permit at once. */
  readonly permits: number;
  #available: number;
  readonly #waiters = new WaitQueue("Semaphore.acquire");

  /**
   * @param permits at least 1.
   * @throws {RangeError} when `permits` is not a whole number of at least 1.
   */
  constructor(permits: number) {
    if (!Number.isSafeInteger(permits) || permits < 1) {
      throw new RangeError(`Cannot make a Semaphore with ${permits} permits: expected a whole number of at least 1`);
    }
    this.permits = permits;
    this.#available = permits;
  }

  /** Permits nobody holds. */
  get available(): number {
    return this.#available;
  }

  /** Tasks that wait for a permit. Counts them. */
  get waiting(): number {
    return this.#waiters.count();
  }

  /**
   * Waits for a permit.
   *
   * @returns gives the permit back; the second call does nothing.
   * @throws `signal.reason` when the signal aborts first; no permit is taken then.
   */
  acquire(options?: WaitOptions): Promise<() => void> {
    const signal = options?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const release = this.tryAcquire();
    if (release !== undefined) return hasTurn() ? Promise.resolve(release) : inNextTurn(release);
    return new Promise((resolve) => {
      const waiter = new Waiter(resolve as (result: unknown) => void, undefined, null);
      this.#waiters.push(waiter);
      traceWait(waiter);
      if (signal !== undefined) cancelWith(signal, waiter);
    });
  }

  /** Takes a permit if one is there. @returns gives it back; `undefined` when all are held. */
  tryAcquire(): (() => void) | undefined {
    if (this.#available === 0) return undefined;
    this.#available--;
    return this.#makeRelease();
  }

  #makeRelease(): () => void {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#handOver();
    };
  }

  #handOver(): void {
    const waiter = this.#waiters.shift();
    if (waiter === null) {
      this.#available++;
      return;
    }
    waiter.resolve(this.#makeRelease());
  }
}
