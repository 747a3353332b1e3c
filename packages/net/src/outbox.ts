import { onAbort } from "@belfry/sync";
import type { Conn, WaitOptions } from "./conn.js";
import { BrokenError, ClosedError } from "./errors.js";
import { type Item, ItemQueue } from "./item-queue.js";
import { checkLimit } from "./limits.js";

/** What an {@link Outbox} does with an item that finds it full. */
export type Overflow =
  /** `send` waits for room, in order of calls; `trySend` gives `false`. */
  | "wait"
  /** The oldest queued items make room. */
  | "drop-oldest"
  /** The item itself is dropped. */
  | "drop-newest"
  /** The connection is aborted. */
  | "disconnect";

/** Options of {@link outbox}. */
export interface OutboxOptions {
  /** The most items to queue. Default 1024. */
  readonly capacity?: number | undefined;
  /** The most bytes to queue. Default 1 MiB (1,048,576). */
  readonly maxBytes?: number | undefined;
  /** Default `"wait"`. */
  readonly overflow?: Overflow | undefined;
}

/** The send queue of a connection and its one writer. Any number of tasks may use it at once. */
export interface Outbox {
  /** Items queued and not yet handed to the connection. */
  readonly size: number;
  /** Bytes queued and not yet handed to the connection. */
  readonly bytes: number;
  /** Items dropped because the queue was full. */
  readonly dropped: number;

  /**
   * Queues an item; text goes out as UTF-8. Items go out whole and in the order of calls. An array belongs to the
   * outbox from now on and must not be changed any more.
   *
   * Resolves when the item is queued, or dropped by the policy; waits for room only under `"wait"`. Aborting that wait
   * takes the item back.
   *
   * @throws {RangeError} when the item alone is over `maxBytes`.
   * @throws {ClosedError} after `close`, for waits under way too.
   * @throws the error of the connection once writing to it has failed, for waits under way too; under `"disconnect"` a
   * `BrokenError` from the item that overflows on.
   */
  send(data: Uint8Array | string, options?: WaitOptions): Promise<void>;

  /**
   * The same without ever waiting.
   *
   * @returns whether the item is queued: `false` when it was dropped or would have to wait. An item refused under
   * `"wait"` is not counted as dropped.
   * @throws what `send` rejects with.
   */
  trySend(data: Uint8Array | string): boolean;

  /**
   * Takes no more items, writes what is queued and ends the writer; the connection stays open. Idempotent.
   *
   * @throws the error of the connection when not everything could be written.
   */
  close(): Promise<void>;
}

const OVERFLOWS: readonly Overflow[] = ["wait", "drop-oldest", "drop-newest", "disconnect"];
const DEFAULT_CAPACITY = 1024;
const DEFAULT_MAX_BYTES = 1 << 20;

/**
 * Gives `conn` a bounded send queue with one writer, so that a peer that reads slowly costs its own connection and no
 * one else's time.
 *
 * What is queued when the writer gets to it goes out as one write. Besides what is queued, at most `maxBytes` more are
 * in that write. Who uses an outbox writes to the connection through it only, and closes it before the connection.
 *
 * @throws {RangeError} when `capacity` or `maxBytes` is not a whole number of at least 1.
 * @example
 * ```ts
 * import { outbox, pipe } from "@belfry/net";
 *
 * const [client, server] = pipe();
 * const box = outbox(server, { capacity: 100, overflow: "drop-oldest" });
 * await box.send("hello\n");
 * await box.close();
 * await server.close();
 * console.log(box.dropped, await client.read());
 * ```
 */
export function outbox(conn: Conn, options: OutboxOptions = {}): Outbox {
  return new ConnOutbox(conn, options);
}

interface Waiter {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  forget: (() => void) | null;
}

/** Wrapped, because a connection may be aborted with any reason, `undefined` too. */
interface Failure {
  readonly error: unknown;
}

const QUEUED = Promise.resolve();

class ConnOutbox implements Outbox {
  readonly #conn: Conn;
  readonly #queue: ItemQueue;
  readonly #overflow: Overflow;
  /** Who waits for room, in order of arrival. */
  readonly #waiters = new Set<Waiter>();
  #dropped = 0;
  #writer: Promise<void> | undefined;
  #failure: Failure | undefined;
  #isClosed = false;

  constructor(conn: Conn, options: OutboxOptions) {
    const { capacity = DEFAULT_CAPACITY, maxBytes = DEFAULT_MAX_BYTES, overflow = "wait" } = options;
    this.#conn = conn;
    this.#queue = new ItemQueue(checkLimit("capacity", capacity), checkLimit("maxBytes", maxBytes));
    this.#overflow = checkOverflow(overflow);
  }

  get size(): number {
    return this.#queue.size;
  }

  get bytes(): number {
    return this.#queue.bytes;
  }

  get dropped(): number {
    return this.#dropped;
  }

  send(data: Uint8Array | string, options?: WaitOptions): Promise<void> {
    try {
      options?.signal?.throwIfAborted();
      const item = this.#check(data);
      return this.#offer(item) === "full" ? this.#wait(item, options?.signal) : QUEUED;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  trySend(data: Uint8Array | string): boolean {
    return this.#offer(this.#check(data)) === "queued";
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#dismiss({ error: this.#closedError() });
    await this.#writer;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #check(data: Uint8Array | string): Item {
    const length = typeof data === "string" ? Buffer.byteLength(data) : data.length;
    const { maxBytes } = this.#queue;
    if (length > maxBytes) throw new RangeError(`Cannot send ${length} bytes: the outbox admits ${maxBytes}`);
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#isClosed) throw this.#closedError();
    return { data, length };
  }

  #offer(item: Item): "queued" | "dropped" | "full" {
    // Whoever waits already is first.
    const hasRoom = this.#waiters.size === 0 && this.#queue.hasRoom(item.length);
    if (!hasRoom && this.#overflow === "wait") return "full";
    if (!hasRoom && this.#overflow === "disconnect") throw this.#disconnect();
    if (!hasRoom && this.#overflow === "drop-newest") {
      this.#dropped += 1;
      return "dropped";
    }
    while (!this.#queue.hasRoom(item.length)) {
      this.#queue.shift();
      this.#dropped += 1;
    }
    this.#queue.push(item);
    this.#writer ??= this.#write();
    return "queued";
  }

  #wait(item: Item, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { item, resolve, reject, forget: null };
      this.#waiters.add(waiter);
      if (signal === undefined) return;
      waiter.forget = onAbort(signal, (reason) => {
        this.#waiters.delete(waiter);
        reject(reason);
        // Behind one that needed much room and left, others may fit.
        this.#admit();
      });
    });
  }

  async #write(): Promise<void> {
    try {
      // What the same turn still sends goes out in the same write.
      await QUEUED;
      while (this.#queue.size > 0) {
        const data = this.#queue.takeAll();
        this.#admit();
        await this.#conn.write(data);
      }
    } catch (error) {
      this.#fail({ error });
    } finally {
      this.#writer = undefined;
    }
  }

  /** Moves into the queue what waited for room, in order. */
  #admit(): void {
    if (this.#isOver()) return;
    for (const waiter of this.#waiters) {
      if (!this.#queue.hasRoom(waiter.item.length)) return;
      this.#queue.push(waiter.item);
      this.#waiters.delete(waiter);
      waiter.forget?.();
      waiter.resolve();
    }
  }

  #disconnect(): unknown {
    const { size, bytes } = this.#queue;
    const { localAddr, remoteAddr } = this.#conn;
    const cause = new Error(`the peer reads too slowly: ${size} items (${bytes} bytes) are queued`);
    const error = new BrokenError({ op: "send", localAddr, remoteAddr }, cause);
    this.#fail({ error });
    this.#conn.abort(error);
    return error;
  }

  #fail(failure: Failure): void {
    this.#failure ??= failure;
    this.#queue.clear();
    this.#dismiss(this.#failure);
  }

  #dismiss(failure: Failure): void {
    for (const { forget, reject } of this.#waiters) {
      forget?.();
      reject(failure.error);
    }
    this.#waiters.clear();
  }

  #isOver(): boolean {
    return this.#isClosed || this.#failure !== undefined;
  }

  #closedError(): ClosedError {
    const { localAddr, remoteAddr } = this.#conn;
    return new ClosedError({ op: "send", localAddr, remoteAddr });
  }
}

function checkOverflow(overflow: Overflow): Overflow {
  if (!OVERFLOWS.includes(overflow)) {
    throw new TypeError(`Cannot use overflow "${overflow}": expected ${OVERFLOWS.join(", ")}`);
  }
  return overflow;
}
