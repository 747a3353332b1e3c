import type { WaitOptions } from "./abort.js";
import { cancelWith } from "./abort.js";
import { Batch } from "./batch.js";
import { ClosedError } from "./errors.js";
import { Ring } from "./ring.js";
import { accepts, enlist, enlistSender, isReady, take } from "./selectable.js";
import type { Selectable, Sink, Yield } from "./selectable.js";
import { SendCase } from "./send-case.js";
import { traceWait } from "./task.js";
import { completed, hasTurn, inNextTurn, spend } from "./turn.js";
import { Waiter, WaitQueue } from "./wait-queue.js";

/** How many values `receiveMany` takes at most when it is not told. */
const DEFAULT_MAX = 1024;

/**
 * A queue between tasks, as in Go: with capacity 0 a sender and a receiver meet, else up to `capacity` values wait.
 *
 * Any number of tasks may send and receive at once. Waiting senders and waiting receivers are each served in the order
 * they came; a value goes to exactly one receiver. An operation that is called off has not taken effect, and one that
 * has taken effect is not called off. Closing is for the sending side, to say that no more comes.
 *
 * Iterating receives until the channel is closed and drained. Leaving the loop leaves the channel as it is; any number
 * of tasks may iterate, and each value goes to one of them.
 *
 * @example
 * ```ts
 * import { Channel, Group } from "@belfry/sync";
 *
 * const channel = new Channel<number>(16);
 * const group = new Group();
 * await group.go(async () => {
 *   for (let i = 0; i < 3; i++) await channel.send(i);
 *   channel.close();
 * });
 * for await (const value of channel) console.log(value);
 * await group.wait();
 * ```
 */
export class Channel<T> implements AsyncIterable<T>, Selectable, Sink<T> {
  /** How many values may wait in it; 0 for a rendezvous. */
  readonly capacity: number;
  readonly #buffer = new Ring<T>();
  readonly #senders = new WaitQueue("Channel.send");
  readonly #receivers = new WaitQueue("Channel.receive");
  #isClosed = false;

  /**
   * @param capacity default 0.
   * @throws {RangeError} when `capacity` is negative, fractional or not finite.
   */
  constructor(capacity = 0) {
    if (!Number.isSafeInteger(capacity) || capacity < 0) {
      throw new RangeError(`Cannot make a Channel with capacity ${capacity}: expected a whole number of at least 0`);
    }
    this.capacity = capacity;
  }

  /** Values that wait in it, at most `capacity`. What waiting senders hold does not count. */
  get size(): number {
    return this.#buffer.size;
  }

  /** Whether `close` was called. There may still be values to receive. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Sends one value. Resolves when a receiver has taken it or it waits in the buffer.
   *
   * @throws {ClosedError} once the channel is closed, also for a send that waits then; the value is not delivered.
   * @throws `signal.reason` when the signal aborts first; the value is not delivered.
   */
  send(value: T, options?: WaitOptions): Promise<void> {
    const signal = options?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#isClosed) return Promise.reject(sendOnClosed());
    return this.#offer(value) ? completed() : this.#waitToSend(value, signal);
  }

  /**
   * Sends one value if that needs no wait.
   *
   * @returns whether it was sent.
   * @throws {ClosedError} once the channel is closed.
   */
  trySend(value: T): boolean {
    if (this.#isClosed) throw sendOnClosed();
    return this.#offer(value);
  }

  /**
   * Sends all of `values` in order: one await for as many as there is room for. Values of other senders may come in
   * between. The array belongs to the channel until the promise settles.
   *
   * @throws what {@link send} throws; then those up to some value were delivered and the rest were not.
   */
  async sendMany(values: readonly T[], options?: WaitOptions): Promise<void> {
    const signal = options?.signal;
    for (let next = 0; next < values.length; next++) {
      signal?.throwIfAborted();
      next = this.#offerFrom(values, next);
      if (next < values.length) await this.#waitToSend(values[next] as T, signal);
    }
    await completed();
  }

  /**
   * Receives one value.
   *
   * @returns `{ value, done: false }`; `{ value: undefined, done: true }` once the channel is closed and drained.
   * @throws `signal.reason` when the signal aborts first; no value is taken then.
   */
  receive(options?: WaitOptions): Promise<IteratorResult<T, undefined>> {
    const signal = options?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#buffer.size > 0 || this.#senders.head !== null) {
      const value = this.#takeOne();
      return hasTurn() ? Promise.resolve({ value, done: false }) : inNextTurn({ value, done: false });
    }
    if (this.#isClosed) {
      return hasTurn()
        ? Promise.resolve({ value: undefined, done: true })
        : inNextTurn({ value: undefined, done: true });
    }
    return this.#waitToReceive(signal);
  }

  /** Receives one value if that needs no wait; `undefined` when nothing is there now. */
  tryReceive(): IteratorResult<T, undefined> | undefined {
    if (this.#buffer.size > 0 || this.#senders.head !== null) return { value: this.#takeOne(), done: false };
    return this.#isClosed ? { value: undefined, done: true } : undefined;
  }

  /**
   * Receives what is there and what the running tasks send before they wait for something else, in one await; waits
   * only when there is nothing. A task that sends one value at a time is thus not interrupted for each of them.
   *
   * @param max the most values to take, at least 1. Default 1024.
   * @returns at least one value; none exactly when the channel is closed and drained.
   * @throws {RangeError} when `max` is not a whole number of at least 1.
   * @throws `signal.reason` when the signal aborts first; no value is taken then.
   */
  receiveMany(max = DEFAULT_MAX, options?: WaitOptions): Promise<T[]> {
    if (!Number.isSafeInteger(max) || max < 1) {
      const error = new RangeError(`Cannot receive ${max} values: expected a whole number of at least 1`);
      return Promise.reject(error);
    }
    const signal = options?.signal;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const values = this.#buffer.shiftMany(Math.min(max, this.#buffer.size));
    while (this.#senders.head !== null && values.length < max) values.push(this.#takeFromSender());
    while (this.#senders.head !== null && this.#buffer.size < this.capacity) this.#buffer.push(this.#takeFromSender());
    if (values.length < max && !this.#isClosed) return this.#waitForBatch(values, max, signal);
    spend(values.length >> 4);
    return hasTurn() ? Promise.resolve(values) : inNextTurn(values);
  }

  /** A case of `select` that sends `value`. */
  sending(value: T): SendCase<T> {
    return new SendCase(value, this);
  }

  /**
   * Says that no more is sent. What is buffered can still be received; waiting receivers get `done`, waiting senders
   * reject with {@link ClosedError}. Idempotent.
   */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (let waiter = this.#receivers.head; waiter !== null; waiter = this.#receivers.head)
      waiter.give(undefined, true);
    for (let waiter = this.#senders.head; waiter !== null; waiter = this.#senders.head) waiter.fail(sendOnClosed());
  }

  /**
   * Receives many at a time until the channel is closed and drained, for
   * `for await (const values of channel.batches()) for (const value of values)`.
   *
   * @param max the most values in a batch, as for {@link receiveMany}.
   */
  async *batches(max = DEFAULT_MAX): AsyncGenerator<T[], undefined> {
    for (let batch = await this.receiveMany(max); batch.length > 0; batch = await this.receiveMany(max)) yield batch;
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return {
      next: () => this.receive(),
      return: () => Promise.resolve({ value: undefined, done: true }),
    };
  }

  [isReady](): boolean {
    return this.#buffer.size > 0 || this.#senders.head !== null || this.#isClosed;
  }

  [take](): Yield {
    return this.tryReceive() as Yield;
  }

  [enlist](waiter: Waiter): null {
    this.#receivers.push(waiter);
    return null;
  }

  [accepts](): boolean {
    return this.#receivers.head !== null || this.#buffer.size < this.capacity || this.#isClosed;
  }

  [enlistSender](waiter: Waiter): void {
    this.#senders.push(waiter);
  }

  /** Gives `value` to the first waiting receiver, else to the buffer. @returns whether there was room. */
  #offer(value: T): boolean {
    const receiver = this.#receivers.head;
    if (receiver !== null) {
      receiver.give(value, false);
      return true;
    }
    if (this.#buffer.size >= this.capacity) return false;
    this.#buffer.push(value);
    return true;
  }

  /** Offers values from index `start` on. @returns the index of the first there was no room for, else the length. */
  #offerFrom(values: readonly T[], start: number): number {
    if (this.#isClosed) throw sendOnClosed();
    let next = start;
    while (next < values.length && this.#offer(values[next] as T)) next++;
    spend((next - start) >> 4);
    return next;
  }

  /** The oldest value; the first waiting sender takes the place it leaves. The caller has made sure there is one. */
  #takeOne(): T {
    if (this.#buffer.size === 0) return this.#takeFromSender();
    const oldest = this.#buffer.shift();
    if (this.#senders.head !== null) this.#buffer.push(this.#takeFromSender());
    return oldest;
  }

  #takeFromSender(): T {
    const sender = this.#senders.head as Waiter;
    const value = sender.value as T;
    sender.admit();
    return value;
  }

  #waitToSend(value: T, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const waiter = new Waiter(resolve as (result: unknown) => void, value, null);
      this.#senders.push(waiter);
      traceWait(waiter);
      if (signal !== undefined) cancelWith(signal, waiter);
    });
  }

  #waitToReceive(signal: AbortSignal | undefined): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve) => {
      const waiter = new Waiter(resolve as (result: unknown) => void, undefined, null);
      this.#receivers.push(waiter);
      traceWait(waiter);
      if (signal !== undefined) cancelWith(signal, waiter);
    });
  }

  #waitForBatch(values: T[], max: number, signal: AbortSignal | undefined): Promise<T[]> {
    return new Promise((resolve) => {
      const batch = new Batch(values, max);
      const waiter = new Waiter(resolve as (result: unknown) => void, undefined, batch);
      this.#receivers.push(waiter);
      batch.start(waiter);
      traceWait(waiter);
      if (signal !== undefined) cancelWith(signal, waiter);
    });
  }
}

function sendOnClosed(): ClosedError {
  return new ClosedError("Cannot send: the channel is closed");
}
