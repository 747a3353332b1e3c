import type { Conn } from "@belfry/net";
import { onAbort } from "@belfry/sync";
import { ToWire } from "../protocol/ascii.js";
import { deflate } from "./compression.js";
import { Pace } from "./pace.js";
import type { PumpOptions } from "./pump-options.js";
import type { TransferProgress } from "./transfer-plan.js";

/** How much goes to a connection under TLS at once: all of it is encrypted before the first byte leaves. */
const TLS_SLICE = 131_072;
/** How much of a file is converted at once. */
const CONVERTED_SLICE = 131_072;
/** How often a write that waits is looked at, in milliseconds. */
const LOOK_INTERVAL = 1_000;

/**
 * Sends everything `chunks` gives, each chunk lent until the next is asked for, and resolves when the kernel has all of
 * it. The connection stays open.
 *
 * On abort the connection is aborted, and on failure where it may still hold a lent chunk, so that nothing reads the
 * chunk once this has rejected. `chunks` may then still be in a `next`; it is told to end, and not waited for.
 *
 * @throws what reading `chunks` throws; the connection's error; `progress.signal.reason` on abort.
 */
export async function sendAll(conn: Conn, chunks: AsyncIterable<Uint8Array>, options: PumpOptions): Promise<void> {
  const { form, progress, digest } = options;
  const { signal } = progress;
  const isPlain = form.type === "I" && form.mode === "S";
  const sender = new Sender(conn, options.rate, isPlain ? progress : { signal, bytes: 0 });
  const iterator = (isPlain ? chunks : converted(chunks, options))[Symbol.asyncIterator]();
  let interrupt: (reason: unknown) => void = () => {};
  const forget = onAbort(signal, (reason) => {
    conn.abort(reason);
    interrupt(reason);
  });
  let isEnded = false;
  try {
    signal.throwIfAborted();
    for (;;) {
      const next = await new Promise<IteratorResult<Uint8Array, unknown>>((resolve, reject) => {
        interrupt = reject;
        iterator.next().then(resolve, reject);
      });
      signal.throwIfAborted();
      isEnded = next.done === true;
      if (next.done === true) break;
      if (isPlain) digest?.update(next.value);
      await sender.send(next.value);
    }
    await sender.finish();
  } catch (error) {
    if (conn.bytesQueued > 0) conn.abort(error);
    throw signal.aborted ? signal.reason : error;
  } finally {
    forget();
    sender.release();
    // Not awaited: behind a `next` that never settles, `return` does not either.
    if (!isEnded) void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

/** Writes to a connection in pieces of the right size, no faster than it may, and counts what has gone. */
class Sender {
  readonly #conn: Conn;
  readonly #progress: TransferProgress;
  readonly #pace: Pace | null;
  readonly #slice: number;
  /** Bytes of the write that waits; 0 without one. */
  #waiting = 0;
  /** How much of it is counted already. */
  #counted = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(conn: Conn, rate: number | null, progress: TransferProgress) {
    this.#conn = conn;
    this.#progress = progress;
    this.#pace = rate === null ? null : new Pace(rate);
    const slice = conn.tls === null ? Number.POSITIVE_INFINITY : TLS_SLICE;
    this.#slice = Math.min(slice, this.#pace?.slice ?? slice);
  }

  async send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength; at += this.#slice) {
      const isWhole = bytes.byteLength <= this.#slice;
      await this.#write(isWhole ? bytes : bytes.subarray(at, at + this.#slice));
    }
  }

  async finish(): Promise<void> {
    await this.#conn.flush();
    await this.#pace?.settle(this.#progress.signal);
  }

  /** Ends what goes on beside the writes. */
  release(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  async #write(piece: Uint8Array): Promise<void> {
    const { byteLength } = piece;
    const written = this.#conn.write(piece);
    if (this.#conn.bytesQueued > 0) this.#watch(byteLength);
    await written;
    this.#count(byteLength - this.#counted);
    this.#waiting = 0;
    this.#counted = 0;
    if (this.#pace !== null) await this.#pace.pay(byteLength, this.#progress.signal);
  }

  /** A chunk may take minutes on a slow line, and is not to look like a stalled transfer. */
  #watch(length: number): void {
    this.#waiting = length;
    this.#timer ??= setInterval(() => {
      const gone = Math.max(0, this.#waiting - this.#conn.bytesQueued);
      if (gone <= this.#counted) return;
      this.#count(gone - this.#counted);
      this.#counted = gone;
    }, LOOK_INTERVAL);
  }

  #count(bytes: number): void {
    this.#progress.bytes += bytes;
  }
}

/** What goes over in place of the file's bytes, which are counted here. */
function converted(chunks: AsyncIterable<Uint8Array>, options: PumpOptions): AsyncIterable<Uint8Array> {
  const ascii = options.form.type === "A" ? toWire(counted(chunks, options)) : counted(chunks, options);
  return options.form.mode === "Z" ? deflate(ascii) : ascii;
}

/** In pieces that are small enough for the count to grow steadily. */
async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  { progress, digest }: PumpOptions,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    digest?.update(chunk);
    for (let at = 0; at < chunk.byteLength; at += CONVERTED_SLICE) {
      const piece = chunk.subarray(at, at + CONVERTED_SLICE);
      yield piece;
      progress.bytes += piece.byteLength;
    }
  }
}

async function* toWire(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const ascii = new ToWire();
  for await (const piece of pieces) yield ascii.push(piece);
}
