import { Semaphore } from "@belfry/sync";
import type { WaitOptions } from "@belfry/sync";

/** Lets a number of tasks through for each key at once; the others wait in order. Keys nobody has a task for take no memory. */
export class Turnstile {
  readonly #limit: number;
  readonly #gates = new Map<string, { readonly semaphore: Semaphore; users: number }>();

  /** @param limit at least 1. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Keys that somebody is at or waits for. */
  get size(): number {
    return this.#gates.size;
  }

  /** Runs `task` in its turn. @throws what it throws; `signal.reason` when it aborts before its turn. */
  async pass<T>(key: string, task: () => Promise<T>, options: WaitOptions): Promise<T> {
    options.signal?.throwIfAborted();
    let gate = this.#gates.get(key);
    if (gate === undefined) {
      gate = { semaphore: new Semaphore(this.#limit), users: 0 };
      this.#gates.set(key, gate);
    }
    gate.users += 1;
    try {
      const release = gate.semaphore.tryAcquire() ?? (await gate.semaphore.acquire(options));
      try {
        return await task();
      } finally {
        release();
      }
    } finally {
      gate.users -= 1;
      if (gate.users === 0) this.#gates.delete(key);
    }
  }
}
