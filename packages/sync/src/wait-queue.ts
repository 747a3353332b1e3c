/**
 * One suspended operation in one queue.
 *
 * A waiter is linked exactly while its operation waits. Whoever completes or cancels the operation unlinks it first, so
 * a queue never holds one that is over.
 */
export class Waiter {
  next: Waiter | null = null;
  prev: Waiter | null = null;
  queue: WaitQueue | null = null;
  /** What a sender brings along. */
  value: unknown = undefined;
  /** The select this is one case of; `null` for an operation that waits alone. */
  readonly selection: Selection | null;
  /** Takes the result of an operation that waits alone. */
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** What a receiver of many has been given so far; `null` for every other waiter. */
  batch: Collector | null = null;
  /** Stops listening to the signal of the operation; `null` without one. */
  release: (() => void) | null = null;

  constructor(resolve: (result: unknown) => void, reject: (reason: unknown) => void, selection: Selection | null) {
    this.resolve = resolve;
    this.reject = reject;
    this.selection = selection;
  }

  /** Leaves its queue, in constant time. Does nothing when it is in none. */
  leave(): void {
    this.queue?.remove(this);
  }
}

/** A receiver of many, which stays in its queue while it has room. */
export interface Collector {
  add(value: unknown): void;
  end(): void;
}

/** Several waiters of which one wins; the others leave their queues at that moment. */
export interface Selection {
  settle(winner: Waiter, value: unknown, done: boolean): void;
  fail(reason: unknown): void;
}

/** Waiters in the order they came. Every operation takes constant time. */
export class WaitQueue {
  head: Waiter | null = null;
  #tail: Waiter | null = null;
  size = 0;

  push(waiter: Waiter): void {
    const tail = this.#tail;
    waiter.queue = this;
    waiter.prev = tail;
    if (tail === null) this.head = waiter;
    else tail.next = waiter;
    this.#tail = waiter;
    this.size++;
  }

  remove(waiter: Waiter): void {
    const { prev, next } = waiter;
    if (prev === null) this.head = next;
    else prev.next = next;
    if (next === null) this.#tail = prev;
    else next.prev = prev;
    waiter.prev = null;
    waiter.next = null;
    waiter.queue = null;
    this.size--;
  }

  shift(): Waiter | null {
    const first = this.head;
    if (first !== null) this.remove(first);
    return first;
  }
}
