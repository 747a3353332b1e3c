import type { EventStream } from "./event-stream.js";
import { RequestError } from "./request-error.js";

const LIMIT = 32;
const HEARTBEAT = 15_000;

/** Options of {@link Audience}. */
export interface AudienceOptions {
  /** Clients at a time. Default 32. */
  readonly limit?: number | undefined;
  /** Milliseconds between two signs of life. Default 15,000. */
  readonly heartbeat?: number | undefined;
}

/** The clients of one feed: so many and no more, each told now and then that the feed is alive. */
export class Audience implements Iterable<EventStream> {
  readonly #streams = new Set<EventStream>();
  readonly #limit: number;
  readonly #heartbeat: number;
  #timer: NodeJS.Timeout | undefined;

  constructor({ limit = LIMIT, heartbeat = HEARTBEAT }: AudienceOptions = {}) {
    this.#limit = limit;
    this.#heartbeat = heartbeat;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** @throws {RequestError} 503 when there is no room for one more. */
  checkRoom(): void {
    if (this.#streams.size < this.#limit) return;
    const message = `Cannot open another feed: ${this.#limit} are open already`;
    throw new RequestError(503, message, { "retry-after": "30" });
  }

  /** @param onLeft called once the client has gone. */
  add(stream: EventStream, onLeft: () => void): void {
    this.#streams.add(stream);
    this.#timer ??= setInterval(() => this.#beat(), this.#heartbeat).unref();
    stream.onClosed(() => {
      this.#streams.delete(stream);
      if (this.#streams.size === 0) this.#rest();
      onLeft();
    });
  }

  [Symbol.iterator](): Iterator<EventStream> {
    return this.#streams.values();
  }

  /** Hangs up on everybody. */
  close(): void {
    this.#rest();
    for (const stream of this.#streams) stream.close();
  }

  #beat(): void {
    for (const stream of this.#streams) stream.beat();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
