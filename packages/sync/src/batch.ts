import type { Collector, Waiter } from "./wait-queue.js";

/**
 * What a `receiveMany` under way has been given so far.
 *
 * The first value decides the wait: from then on it cannot be called off. Its end is put off until the running tasks
 * have nothing more to do at once, so that a sender that sends in a loop fills the batch in place of waking the
 * receiver for each value.
 */
export class Batch implements Collector {
  readonly values: unknown[];
  readonly #max: number;
  readonly #waiter: Waiter;

  constructor(values: unknown[], max: number, waiter: Waiter) {
    this.values = values;
    this.#max = max;
    this.#waiter = waiter;
  }

  add(value: unknown): void {
    this.values.push(value);
    if (this.values.length === this.#max) this.end();
    else if (this.values.length === 1) this.begin();
  }

  end(): void {
    if (this.#waiter.queue === null) return;
    this.#waiter.leave();
    this.#waiter.release?.();
    this.#waiter.resolve(this.values);
  }

  begin(): void {
    this.#waiter.release?.();
    // Ticks run when no microtask is left, which is when every task that can go on has done so.
    process.nextTick(end, this);
  }
}

function end(batch: Batch): void {
  batch.end();
}
