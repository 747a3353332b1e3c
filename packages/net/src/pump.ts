import { isWaitSource, onAbort, traceWait } from "@belfry/sync";
import type { WaitSource } from "@belfry/sync";
import { isBorrowing, writeLent } from "./abilities.js";
import type { Borrowing, CopyOptions, CopyTarget } from "./abilities.js";
import type { ReadHalf, Receiver } from "./read-half.js";
import { keep } from "./slab.js";
import { DONE, type WriteHalf } from "./write-half.js";

/** What a copy in bulk reads into. */
export const BULK_BUFFER_SIZE = 65_536;
/** From here on a chunk counts as bulk: reading into one buffer beats an allocation a read. */
export const BULK_SIZE = 16_384;

/** Moves everything that arrives at one connection to a writer, waiting only where the writer makes it wait. */
export class Pump implements Receiver, WaitSource {
  readonly #read: ReadHalf;
  /** The write half beside the read half: idle input lets what is joined there go. */
  readonly #write: WriteHalf;
  readonly #to: CopyTarget;
  readonly #borrower: Borrowing | null;
  #total = 0;
  /** Kept only while bytes come in bulk: a quiet connection costs no buffer. */
  #buffer: Uint8Array | null = null;
  #isStepping = false;
  #isReady = false;
  #isOver = false;
  #onProgress: CopyOptions["onProgress"];
  #forget: (() => void) | null = null;
  #resolve: (total: number) => void = () => {};
  #reject: (reason: unknown) => void = () => {};

  constructor(read: ReadHalf, write: WriteHalf, to: CopyTarget) {
    this.#read = read;
    this.#write = write;
    this.#to = to;
    this.#borrower = isBorrowing(to) ? to : null;
  }

  describeWait(): string | undefined {
    if (this.#isOver) return undefined;
    const reading = this.#read.describeWait();
    return reading ?? (isWaitSource(this.#to) ? this.#to.describeWait() : undefined);
  }

  /** Runs until the input ends. Called once. */
  run({ signal, onProgress }: CopyOptions): Promise<number> {
    traceWait(this);
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#onProgress = onProgress;
      if (signal !== undefined) this.#forget = onAbort(signal, (reason) => this.failed(reason));
      if (!this.#isOver) this.#next();
    });
  }

  lent(bytes: Uint8Array): void {
    if (this.#buffer !== null && bytes.byteLength <= BULK_BUFFER_SIZE) {
      this.#buffer.set(bytes);
      this.filled(bytes.byteLength);
    } else if (this.#borrower === null) this.received(keep(bytes));
    else this.#passed(bytes.byteLength, this.#borrower[writeLent](bytes));
  }

  received(chunk: Uint8Array): void {
    let written: Promise<void>;
    try {
      written = this.#to.write(chunk);
    } catch (error) {
      // This is called from the event loop: what a writer of another make throws must not get there.
      this.failed(error);
      return;
    }
    this.#passed(chunk.byteLength, written);
  }

  filled(length: number): void {
    this.received((this.#buffer as Uint8Array).subarray(0, length));
  }

  ended(): void {
    if (!this.#finish()) return;
    this.#resolve(this.#total);
  }

  failed(reason: unknown): void {
    if (!this.#finish()) return;
    this.#read.forget(this);
    this.#reject(reason);
  }

  #passed(length: number, written: Promise<void>): void {
    if (written === DONE) this.#count(length);
    else
      written.then(
        () => this.#count(length),
        (error: unknown) => this.failed(error),
      );
  }

  #count(length: number): void {
    this.#total += length;
    if (this.#isOver) return;
    try {
      this.#onProgress?.(this.#total);
    } catch (error) {
      this.failed(error);
      return;
    }
    if (length < BULK_SIZE) this.#buffer = null;
    else this.#buffer ??= Buffer.allocUnsafeSlow(BULK_BUFFER_SIZE);
    this.#next();
  }

  /** A loop where chunks that are there already would otherwise be handled one inside the other. */
  #next(): void {
    this.#isReady = true;
    if (this.#isStepping) return;
    this.#isStepping = true;
    while (this.#isReady && !this.#isOver) {
      this.#isReady = false;
      this.#write.release();
      this.#read.receive(this, this.#buffer);
    }
    this.#isStepping = false;
  }

  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#buffer = null;
    this.#forget?.();
    return true;
  }
}
