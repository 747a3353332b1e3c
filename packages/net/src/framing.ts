import { hold, isHolding, isRewindable, unread } from "./abilities.js";
import type { Conn, ReadOptions } from "./conn.js";
import { BrokenError, BusyError } from "./errors.js";
import { FrameBuffer } from "./frame-buffer.js";

/** How frames lie in a stream of bytes. An object of this kind belongs to one stream. */
export interface Framing<T> {
  /** Takes the next whole frame out of `buffer`; `undefined` when more bytes are needed. Throws on a frame over its limit. */
  take(buffer: FrameBuffer): T | undefined;
  /** What the bytes at the end of the stream amount to; throws a plain `Error` when they are a torn frame. */
  takeLast(buffer: FrameBuffer): T | undefined;
  /** Brings `buffer` up to date: afterwards it begins with the first byte that was not handed out. */
  settle(buffer: FrameBuffer): void;
}

/** The frames of `conn`. Loops over it follow on each other, one at a time. */
export function frames<T>(conn: Conn, framing: Framing<T>, signal?: AbortSignal): AsyncIterable<T> {
  const stream: FrameStream<T> = {
    conn,
    framing,
    // Kept with the stream, not with the loop: a Conn that takes no bytes back loses nothing between two loops.
    buffer: new FrameBuffer(),
    options: signal === undefined ? undefined : { signal },
  };
  return { [Symbol.asyncIterator]: () => new FrameIterator(stream) };
}

interface FrameStream<T> {
  readonly conn: Conn;
  readonly framing: Framing<T>;
  readonly buffer: FrameBuffer;
  readonly options: ReadOptions | undefined;
}

/** Written by hand: an async generator costs three promises a frame, this one. */
class FrameIterator<T> implements AsyncIterator<T, undefined> {
  readonly #stream: FrameStream<T>;
  readonly #framing: Framing<T>;
  readonly #buffer: FrameBuffer;
  readonly #holding: { [hold](): void } | undefined;
  #isReading = false;
  #isDone = false;

  constructor(stream: FrameStream<T>) {
    this.#stream = stream;
    this.#framing = stream.framing;
    this.#buffer = stream.buffer;
    this.#holding = isHolding(stream.conn) ? stream.conn : undefined;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#isDone) return Promise.resolve({ value: undefined, done: true });
    if (this.#isReading) {
      const { localAddr, remoteAddr } = this.#stream.conn;
      return Promise.reject(new BusyError({ op: "read", localAddr, remoteAddr }));
    }
    try {
      const value = this.#take();
      if (value !== undefined) return Promise.resolve({ value, done: false });
    } catch (error) {
      this.#leave();
      return Promise.reject(error);
    }
    return this.#read();
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#isDone = true;
    if (!this.#isReading) this.#leave();
    return Promise.resolve({ value: undefined, done: true });
  }

  #take(): T | undefined {
    const value = this.#framing.take(this.#buffer);
    // What the loop writes for this frame can leave together with what it writes for the next.
    if (value !== undefined && this.#buffer.size > 0) this.#holding?.[hold]();
    return value;
  }

  async #read(): Promise<IteratorResult<T, undefined>> {
    const { conn, options } = this.#stream;
    this.#isReading = true;
    try {
      for (;;) {
        const chunk = await conn.read(options);
        if (chunk !== null) this.#buffer.append(chunk);
        if (this.#isDone) break;
        const value = chunk === null ? this.#takeLast() : this.#take();
        if (value !== undefined) return { value, done: false };
        if (chunk === null) break;
      }
      this.#leave();
      return { value: undefined, done: true };
    } catch (error) {
      this.#leave();
      throw error;
    } finally {
      this.#isReading = false;
    }
  }

  #takeLast(): T | undefined {
    if (this.#buffer.size === 0) return undefined;
    const { localAddr, remoteAddr } = this.#stream.conn;
    try {
      return this.#framing.takeLast(this.#buffer);
    } catch (cause) {
      throw new BrokenError({ op: "read", localAddr, remoteAddr }, cause);
    }
  }

  #leave(): void {
    const { conn } = this.#stream;
    this.#isDone = true;
    this.#framing.settle(this.#buffer);
    if (this.#buffer.size > 0 && isRewindable(conn)) conn[unread](this.#buffer.take(this.#buffer.size));
  }
}
