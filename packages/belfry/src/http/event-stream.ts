import type { ServerResponse } from "node:http";

/** A client that has taken nothing for so long is hung up on, in milliseconds. */
const STALLED_FOR = 30_000;
/** What a browser waits before it comes again, in milliseconds. */
const RETRY = 2000;

/**
 * Server-sent events to one client. Nothing is queued for a client that is slow: what it is not ready for is skipped,
 * and a client that stays so is hung up on.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #now: () => number;
  #stalledAt: number | null = null;

  /** @param response its head is written already. */
  constructor(response: ServerResponse, now: () => number = Date.now) {
    this.#response = response;
    this.#now = now;
    response.write(`retry: ${RETRY}\n\n`);
  }

  get isClosed(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }

  /** Whether the client has taken what was sent to it. Hangs up on one that has not for half a minute. */
  get isReady(): boolean {
    if (this.isClosed) return false;
    if (!this.#response.writableNeedDrain) {
      this.#stalledAt = null;
      return true;
    }
    this.#stalledAt ??= this.#now();
    if (this.#now() - this.#stalledAt >= STALLED_FOR) this.#response.destroy();
    return false;
  }

  /**
   * @param data text without line ends: JSON.
   * @returns `false` when the client was not ready, and the event is dropped.
   */
  send(event: string, data: string): boolean {
    if (!this.isReady) return false;
    this.#response.write(`event: ${event}\ndata: ${data}\n\n`);
    return true;
  }

  /** Tells the client, and whatever stands between, that the stream is alive. */
  beat(): void {
    if (this.isReady) this.#response.write(":\n\n");
  }

  /** Calls back once the client has gone, or the stream was closed; at once when that is so already. */
  onClosed(listener: () => void): void {
    if (this.#response.destroyed) listener();
    else this.#response.once("close", listener);
  }

  close(): void {
    this.#response.end();
  }
}
