import { Addr, BrokenError, ClosedError, pipe } from "@belfry/net";
import type { Conn, Listener } from "@belfry/net";

interface Taker {
  readonly resolve: (conn: Conn) => void;
  readonly reject: (error: unknown) => void;
}

/** A listener without sockets: `dial` gives the far end at once, and `fail` makes an accept fail. */
export class MemoryListener implements Listener {
  readonly addr = new Addr("pipe", "", 0);
  readonly refused = 0;
  isClosed = false;
  /** The near end of the last `dial`. */
  dialled: Conn | undefined;
  #queue: (Conn | { readonly error: unknown })[] = [];
  #takers: Taker[] = [];
  #isSuspended = false;
  #isStopped = false;
  #onEmpty: () => void = () => {};

  get waiting(): number {
    return this.#queue.length;
  }

  dial(): Conn {
    if (this.isClosed || this.#isStopped) throw new BrokenError({ op: "dial" }, new Error("ECONNREFUSED"));
    const [near, far] = pipe();
    this.dialled = near;
    this.#push(near);
    return far;
  }

  fail(error: unknown): void {
    this.#push({ error });
  }

  accept(): Promise<Conn> {
    if (this.isClosed) return Promise.reject(new ClosedError({ op: "accept" }));
    return new Promise((resolve, reject) => {
      this.#takers.push({ resolve, reject });
      this.#match();
    });
  }

  suspend(): void {
    this.#isSuspended = true;
  }

  resume(): void {
    this.#isSuspended = false;
    this.#match();
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#queue.length === 0) return this.close();
    return new Promise((resolve) => (this.#onEmpty = resolve));
  }

  close(): Promise<void> {
    this.isClosed = true;
    for (const item of this.#queue.splice(0)) if (!("error" in item)) item.abort();
    for (const { reject } of this.#takers.splice(0)) reject(new ClosedError({ op: "accept" }));
    return Promise.resolve();
  }

  [Symbol.asyncIterator](): AsyncIterator<Conn> {
    return { next: async () => ({ value: await this.accept(), done: false }) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #push(item: Conn | { readonly error: unknown }): void {
    this.#queue.push(item);
    this.#match();
  }

  #match(): void {
    while (!this.#isSuspended && this.#queue.length > 0 && this.#takers.length > 0) {
      const item = this.#queue.shift() as Conn | { readonly error: unknown };
      const taker = this.#takers.shift() as Taker;
      if ("error" in item) taker.reject(item.error);
      else taker.resolve(item);
    }
    if (!this.#isStopped || this.#queue.length > 0 || this.isClosed) return;
    void this.close();
    this.#onEmpty();
  }
}
