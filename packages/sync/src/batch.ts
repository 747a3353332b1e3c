import type { Owner, Waiter } from "./wait-queue.js";

/**
 * What a `receiveMany` under way has been given so far.
 *
 * The first value decides it: from then on it cannot be called off. Its end is put off until the running tasks have
 * nothing more to do at once, so that a sender that sends in a loop fills the batch in place of waking the receiver
 * for each value. Its waiter stays in the queue while there is room.
 */
export class Batch<T> implements Owner {
  readonly #values: T[];
  readonly #max: number;

  constructor(values: T[], max: number) {
    this.#values = values;
    this.#max = max;
  }

  /** To be called when the waiter is in its queue. */
  start(waiter: Waiter): void {
    // Ticks run when no microtask is left, which is when every task that can go on has done so.
    if (this.#values.length > 0) process.nextTick(end, this, waiter);
  }

  complete(waiter: Waiter, value: unknown, done: boolean): void {
    if (done) {
      this.end(waiter);
      return;
    }
    this.#values.push(value as T);
    if (this.#values.length === this.#max) this.end(waiter);
    else if (this.#values.length === 1) this.start(waiter);
  }

  fail(waiter: Waiter, reason: unknown): void {
    if (this.#values.length > 0) return;
    waiter.leave();
    waiter.resolve(Promise.reject(reason));
  }

  end(waiter: Waiter): void {
    if (waiter.queue === null) return;
    waiter.leave();
    waiter.resolve(this.#values);
  }
}

function end(batch: Batch<unknown>, waiter: Waiter): void {
  batch.end(waiter);
}
