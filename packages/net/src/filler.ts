import { onAbort, traceWait } from "@belfry/sync";
import type { FillTarget } from "./abilities.js";
import type { WaitOptions } from "./conn.js";
import type { ReadHalf, Receiver } from "./read-half.js";
import { keep } from "./slab.js";
import type { WriteHalf } from "./write-half.js";

/** Moves everything that arrives at one connection into memory that is asked for piece by piece. */
export class Filler implements Receiver {
  readonly #read: ReadHalf;
  /** The write half beside the read half: idle input lets what is joined there go. */
  readonly #write: WriteHalf;
  readonly #target: FillTarget;
  /** Where the bytes go that are waited for. */
  #room: Uint8Array | null = null;
  #isStepping = false;
  #isReady = false;
  #isOver = false;
  #forget: (() => void) | null = null;
  #resolve: () => void = () => {};
  #reject: (reason: unknown) => void = () => {};

  constructor(read: ReadHalf, write: WriteHalf, target: FillTarget) {
    this.#read = read;
    this.#write = write;
    this.#target = target;
  }

  /** Runs until the input ends. Called once. */
  run({ signal }: WaitOptions): Promise<void> {
    traceWait(this.#read);
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (signal !== undefined) this.#forget = onAbort(signal, (reason) => this.failed(reason));
      if (!this.#isOver) this.#next();
    });
  }

  lent(bytes: Uint8Array): void {
    const length = this.#place(bytes);
    if (length < bytes.byteLength) this.#read.unread(keep(bytes.subarray(length)));
    this.filled(length);
  }

  received(chunk: Uint8Array): void {
    const length = this.#place(chunk);
    if (length < chunk.byteLength) this.#read.unread(chunk.subarray(length));
    this.filled(length);
  }

  filled(length: number): void {
    this.#room = null;
    try {
      this.#target.filled(length);
    } catch (error) {
      // This is called from the event loop: what a target throws must not get there.
      this.failed(error);
      return;
    }
    this.#next();
  }

  ended(): void {
    if (this.#finish()) this.#resolve();
  }

  failed(reason: unknown): void {
    if (!this.#finish()) return;
    this.#read.forget(this);
    this.#reject(reason);
  }

  #place(bytes: Uint8Array): number {
    const room = this.#room as Uint8Array;
    const length = Math.min(bytes.byteLength, room.byteLength);
    room.set(length === bytes.byteLength ? bytes : bytes.subarray(0, length));
    return length;
  }

  /** A loop where chunks that are there already would otherwise be handled one inside the other. */
  #next(): void {
    this.#isReady = true;
    if (this.#isStepping) return;
    this.#isStepping = true;
    while (this.#isReady && !this.#isOver) {
      this.#isReady = false;
      this.#step();
    }
    this.#isStepping = false;
  }

  #step(): void {
    let room: Uint8Array | Promise<Uint8Array>;
    try {
      room = this.#target.room();
    } catch (error) {
      this.failed(error);
      return;
    }
    if (room instanceof Uint8Array) {
      this.#receive(room);
      return;
    }
    // Bytes that came now would have to be kept, and copied once more.
    this.#read.pause();
    room.then(
      (later) => this.#receive(later),
      (error: unknown) => this.failed(error),
    );
  }

  #receive(room: Uint8Array): void {
    // The room may have come too late.
    if (this.#isOver) return;
    if (room.byteLength === 0) {
      this.failed(new RangeError("Cannot read into an empty buffer"));
      return;
    }
    this.#room = room;
    this.#write.release();
    this.#read.receive(this, room);
  }

  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#room = null;
    this.#forget?.();
    return true;
  }
}
