import { Waiter, WaitQueue } from "./wait-queue.js";

/** Options of every wait in this package. */
export interface WaitOptions {
  /** Aborting rejects the wait with `signal.reason`, unchanged. An operation that has taken effect is not undone. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `callback` once when `signal` aborts, unless the returned function is called first.
 *
 * Any number of callbacks on one signal share one event listener, so adding and removing one takes constant time where
 * `addEventListener` takes time in proportion to the listeners there are. The listener goes when its last callback
 * does: nothing is retained on a long-lived signal or on a result of `AbortSignal.any`. Callbacks are called in the
 * order they were added; one that throws does not keep the others from being called, and what it threw is reported as
 * an uncaught exception.
 *
 * @param callback gets `signal.reason`. A signal that has aborted already calls it at once, before this returns.
 * @returns takes the callback off again; idempotent.
 * @example
 * ```ts
 * import { onAbort } from "@belfry/sync";
 *
 * const controller = new AbortController();
 * const off = onAbort(controller.signal, (reason) => console.log("stopped:", reason));
 * controller.abort("enough"); // stopped: enough
 * off();
 * ```
 */
export function onAbort(signal: AbortSignal, callback: (reason: unknown) => void): () => void {
  if (signal.aborted) {
    callback(signal.reason);
    return ignore;
  }
  let hub = hubs.get(signal);
  if (hub === undefined) {
    hub = new SignalHub(signal);
    hubs.set(signal, hub);
  }
  return hub.add(callback);
}

/** Lets `signal` call off the wait of `waiter`. */
export function cancelWith(signal: AbortSignal, waiter: Waiter): void {
  const { resolve } = waiter;
  const off = onAbort(signal, (reason) => waiter.fail(reason));
  waiter.resolve = (result) => {
    off();
    resolve(result);
  };
}

const hubs = new WeakMap<AbortSignal, SignalHub>();

/** The one listener on a signal and the callbacks behind it. */
class SignalHub {
  readonly #signal: AbortSignal;
  readonly #queue = new WaitQueue("AbortSignal");

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(callback: (reason: unknown) => void): () => void {
    if (this.#queue.head === null) this.#signal.addEventListener("abort", this.#fire);
    const waiter = new Waiter(callback, undefined, null);
    this.#queue.push(waiter);
    return () => this.#forget(waiter);
  }

  #forget(waiter: Waiter): void {
    if (waiter.queue === null) return;
    waiter.leave();
    if (this.#queue.head === null) this.#signal.removeEventListener("abort", this.#fire);
  }

  readonly #fire = (): void => {
    this.#signal.removeEventListener("abort", this.#fire);
    for (let waiter = this.#queue.shift(); waiter !== null; waiter = this.#queue.shift()) {
      try {
        waiter.resolve(this.#signal.reason);
      } catch (error) {
        process.nextTick(rethrow, error);
      }
    }
  };
}

function rethrow(error: unknown): void {
  throw error;
}

function ignore(): void {}
