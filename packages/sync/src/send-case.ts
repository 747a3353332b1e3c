import { accepts, enlist, enlistSender, isReady, take } from "./selectable.js";
import type { Selectable, Sink } from "./selectable.js";
import type { Waiter } from "./wait-queue.js";

/** A send as a case of `select`, made by {@link Channel.sending}. May be used in any number of selects. */
export class SendCase<T> implements Selectable {
  /** What is sent when the case is chosen. */
  readonly value: T;
  readonly #sink: Sink<T>;

  constructor(value: T, sink: Sink<T>) {
    this.value = value;
    this.#sink = sink;
  }

  [isReady](): boolean {
    return this.#sink[accepts]();
  }

  [take](): { value: undefined; done: false } {
    this.#sink.trySend(this.value);
    return { value: undefined, done: false };
  }

  [enlist](waiter: Waiter): null {
    waiter.value = this.value;
    this.#sink[enlistSender](waiter);
    return null;
  }
}
