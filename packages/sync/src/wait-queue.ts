/**
 * One suspended operation in one queue.
 *
 * A waiter is linked exactly while its operation waits. Whoever completes or cancels the operation unlinks it first, so
 * a queue never holds one that is over.
 */
export class Waiter {
  /** The queue it is in; `null` once the operation is over. */
  queue: WaitQueue | null = null;
  /** The neighbours, in a circle: the first one's `prev` is the last. */
  next: Waiter = this;
  prev: Waiter = this;
  /** What a sender brings along. */
  value: unknown;
  /** Which of its owner's waiters it is, and the one made before it. */
  name = "";
  sibling: Waiter | null = null;
  /** Who is told in place of `resolve`; `null` for an operation that waits alone for one thing. */
  readonly owner: Owner | null;
  /** Takes the result of an operation that waits alone. A rejected promise rejects it. */
  resolve: (result: unknown) => void;

  constructor(resolve: (result: unknown) => void, value: unknown, owner: Owner | null) {
    this.value = value;
    this.owner = owner;
    this.resolve = resolve;
  }

  /** Completes a receiver. */
  give(value: unknown, done: boolean): void {
    if (this.owner !== null) {
      this.owner.complete(this, value, done);
      return;
    }
    this.leave();
    this.resolve({ value, done });
  }

  /** Completes a sender. */
  admit(): void {
    if (this.owner !== null) {
      this.owner.complete(this, undefined, false);
      return;
    }
    this.leave();
    this.resolve(undefined);
  }

  /** Ends the wait without result. */
  fail(reason: unknown): void {
    if (this.owner !== null) {
      this.owner.fail(this, reason);
      return;
    }
    this.leave();
    this.resolve(Promise.reject(reason));
  }

  /** Leaves its queue, in constant time. Does nothing when it is in none. */
  leave(): void {
    this.queue?.remove(this);
  }

  /** For the list of live tasks. */
  describeWait(): string | undefined {
    return this.queue?.label;
  }
}

/** An operation behind several waiters, or with several results. It takes its waiters out of their queues itself. */
export interface Owner {
  complete(waiter: Waiter, value: unknown, done: boolean): void;
  fail(waiter: Waiter, reason: unknown): void;
}

/** Waiters in the order they came. Every operation takes constant time. */
export class WaitQueue {
  head: Waiter | null = null;
  /** What those in it wait for, such as `Channel.receive`. */
  readonly label: string;

  constructor(label: string) {
    this.label = label;
  }

  /** A circle takes one write to this object, which is old, of the waiter, which is young, where two ends take two. */
  push(waiter: Waiter): void {
    const head = this.head;
    waiter.queue = this;
    if (head === null) {
      this.head = waiter;
      return;
    }
    const tail = head.prev;
    waiter.prev = tail;
    waiter.next = head;
    tail.next = waiter;
    head.prev = waiter;
  }

  remove(waiter: Waiter): void {
    const { next, prev } = waiter;
    waiter.queue = null;
    if (next === waiter) {
      this.head = null;
      return;
    }
    prev.next = next;
    next.prev = prev;
    waiter.next = waiter;
    waiter.prev = waiter;
    if (this.head === waiter) this.head = next;
  }

  shift(): Waiter | null {
    const first = this.head;
    if (first !== null) this.remove(first);
    return first;
  }

  /** How many wait. Counts them. */
  count(): number {
    const head = this.head;
    if (head === null) return 0;
    let size = 1;
    for (let waiter = head.next; waiter !== head; waiter = waiter.next) size++;
    return size;
  }
}
