import type { Waiter } from "./wait-queue.js";

/** Whether the case could take effect at once. Must not change anything. */
export const isReady: unique symbol = Symbol("belfry.isReady");

/** Lets a ready case take effect. */
export const take: unique symbol = Symbol("belfry.take");

/** Puts a case that is not ready into the queue it waits in. */
export const enlist: unique symbol = Symbol("belfry.enlist");

/** What a case yields when it takes effect; `done` only for a channel that is closed and drained. */
export interface Yield {
  readonly value: unknown;
  readonly done: boolean;
}

/** What `select` needs of its cases. */
export interface Selectable {
  [isReady](): boolean;
  [take](): Yield;
  /**
   * Whoever lets the case take effect tells the waiter's owner.
   *
   * @returns releases what the wait holds besides its place in a queue; `null` when that is nothing.
   */
  [enlist](waiter: Waiter): (() => void) | null;
}

/** Whether a send would be over at once, well or badly. */
export const accepts: unique symbol = Symbol("belfry.accepts");

/** Puts a send, whose value the waiter brings along, into the queue of waiting senders. */
export const enlistSender: unique symbol = Symbol("belfry.enlistSender");

/** What a send case needs of its channel. */
export interface Sink<T> {
  trySend(value: T): boolean;
  [accepts](): boolean;
  [enlistSender](waiter: Waiter): void;
}
