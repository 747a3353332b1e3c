import { fill } from "@belfry/net";
import type { Conn, FillTarget } from "@belfry/net";
import { BUFFER_SIZES, type BufferShare, transferBuffers } from "../buffer-pool.js";
import { nextTurn } from "../turns.js";
import { hotMemory, spend } from "./hot-memory.js";
import type { Writes } from "./writes.js";

/** Writes under way, while one more buffer is filled. */
const MAX_WRITES = 3;
/** A buffer that is full within this time is followed by a larger one; after a few times this by a smaller one. Milliseconds. */
const QUICK = 8;
const SLOW = 1000;
/** Reads so small, so many of them in a row, are gathered before they are written. Bytes. */
const SMALL = 16_384;
const MAX_SMALL = 8;
/** This long without a byte, in milliseconds, and the buffer is given back. */
const LULL = 100;

const [SMALLEST, , MIDDLE, , LARGEST] = BUFFER_SIZES;

const quiet = new Error("nothing came for a while");

/**
 * Takes in bytes that come in bulk. While the storage writes at once they go through memory that all uploads share, one
 * piece a turn of the event loop; else into buffers as large as the speed makes worth while, and several writes are under way.
 */
export class BulkIntake implements FillTarget {
  readonly #conn: Conn;
  readonly #writes: Writes;
  readonly #onBytes: (bytes: Uint8Array) => void;
  #size: number = MIDDLE;
  #share: BufferShare | null = null;
  #buffer: Buffer | null = null;
  #length = 0;
  #since = 0;
  #isLull = false;
  /** What the next bytes come into when they are to be written at once. */
  #hot: Buffer | null = null;
  #small = 0;
  #isTurnOver = false;

  /** @param onBytes told of what arrived, in order; lent until it returns. */
  constructor(conn: Conn, writes: Writes, onBytes: (bytes: Uint8Array) => void) {
    this.#conn = conn;
    this.#writes = writes;
    this.#onBytes = onBytes;
  }

  /**
   * Reads until the end of the stream, or until nothing comes for a while; what arrived is on its way to the file then,
   * also on failure.
   *
   * @returns whether the stream has ended.
   */
  async run(): Promise<boolean> {
    const abort = new AbortController();
    this.#share = transferBuffers.share();
    this.#isLull = false;
    this.#small = 0;
    const watch = setInterval(() => {
      if (this.#isLull && this.#buffer !== null) abort.abort(quiet);
      this.#isLull = true;
    }, LULL);
    try {
      await fill(this.#conn, this, { signal: abort.signal });
      return true;
    } catch (error) {
      if (error !== quiet) throw error;
      return false;
    } finally {
      clearInterval(watch);
      this.#finish(this.#share);
      this.#share = null;
      this.#hot = null;
    }
  }

  room(): Uint8Array | Promise<Uint8Array> {
    if (this.#buffer !== null) return this.#buffer.subarray(this.#length);
    if (this.#isHot()) return this.#isTurnOver || this.#writes.count > 0 ? this.#heat() : this.#hotRoom();
    this.#hot = null;
    return this.#tryTake() ?? this.#take();
  }

  filled(length: number): void {
    this.#isLull = false;
    if (this.#buffer === null) this.#writeNow((this.#hot as Buffer).subarray(0, length));
    else this.#keep(this.#buffer, length);
  }

  #isHot(): boolean {
    return this.#small < MAX_SMALL && this.#conn.tls === null && this.#writes.isPrompt;
  }

  #hotRoom(): Buffer {
    const { allowance } = this.#share as BufferShare;
    const most = Math.min(Math.max(SMALLEST, allowance - (allowance % SMALLEST)), LARGEST);
    // The same object while it is of that size: the connection knows it again.
    if (this.#hot?.byteLength !== most) this.#hot = hotMemory(most);
    return this.#hot;
  }

  async #heat(): Promise<Uint8Array> {
    while (this.#writes.count > 0) await this.#writes.next();
    if (this.#isTurnOver) await nextTurn();
    this.#isTurnOver = false;
    if (this.#share === null) throw quiet;
    return this.room();
  }

  #writeNow(bytes: Buffer): void {
    this.#onBytes(bytes);
    this.#small = bytes.byteLength < SMALL ? this.#small + 1 : 0;
    // A small read says that the connection does not know the memory yet: it learns of it without a wait.
    this.#isTurnOver = spend(bytes.byteLength) && bytes.byteLength > SMALLEST;
    if (this.#writes.tryNow(bytes)) return;
    // It has become slow since: the others need the memory. No more than a buffer of the share would hold.
    this.#writes.start(Buffer.from(bytes));
  }

  #keep(buffer: Buffer, length: number): void {
    this.#onBytes(buffer.subarray(this.#length, this.#length + length));
    this.#length += length;
    // The rest would be read in a piece too small to be worth it.
    if (this.#length >= buffer.byteLength * 0.75) this.#hand(buffer, this.#share as BufferShare);
  }

  async #take(): Promise<Uint8Array> {
    for (;;) {
      await this.#writes.next();
      // The stream broke meanwhile: nobody would give the buffer back.
      if (this.#share === null) throw quiet;
      const buffer = this.#tryTake();
      if (buffer !== null) return buffer;
    }
  }

  #tryTake(): Buffer | null {
    const { count } = this.#writes;
    if (count >= MAX_WRITES) return null;
    const buffer = this.#share?.take(this.#size) ?? null;
    if (buffer === null) return null;
    this.#buffer = buffer;
    this.#length = 0;
    this.#since = Date.now();
    return buffer;
  }

  #hand(buffer: Buffer, share: BufferShare): void {
    const duration = Date.now() - this.#since;
    if (duration <= QUICK) {
      this.#size = Math.min(buffer.byteLength * 4, LARGEST);
      this.#small = 0;
    } else if (duration > SLOW) this.#size = Math.max(buffer.byteLength / 4, SMALLEST);
    this.#buffer = null;
    this.#writes.start(buffer.subarray(0, this.#length), () => share.give(buffer));
  }

  #finish(share: BufferShare): void {
    const buffer = this.#buffer;
    this.#buffer = null;
    share.close();
    if (buffer === null) return;
    if (this.#length > 0 && !this.#writes.hasFailed) this.#hand(buffer, share);
    else share.give(buffer);
  }
}
