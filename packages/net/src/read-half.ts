import { Deadline, onAbort } from "@belfry/sync";
import type { Deadline as Moment, ReadOptions, WaitOptions } from "./conn.js";
import { BrokenError, BusyError, ClosedError, DeadlineError } from "./errors.js";
import { keep } from "./slab.js";
import type { Wire } from "./wire.js";

/** Bytes kept for a reader that is elsewhere before the peer is made to wait. */
const INBOX_LIMIT = 65_536;
/** From this size on it pays to have the wire fill the reader's buffer itself. */
const OFFER_FROM = 16_384;

/** What the one task that waits here is to be given. */
const NOTHING = 0;
const CHUNK = 1;
const ITERATION = 2;
const FILL = 3;
type Wanted = typeof NOTHING | typeof CHUNK | typeof ITERATION | typeof FILL;

const END: IteratorResult<Uint8Array, undefined> = { value: undefined, done: true };

// One executor for all waits: a closure for each would cost more than the rest of the wait.
let resolver: (value: never) => void;
let rejecter: (reason: unknown) => void;
function capture(resolve: (value: never) => void, reject: (reason: unknown) => void): void {
  resolver = resolve;
  rejecter = reject;
}

/** The read half of a connection: what has arrived and nobody took, and the one task that waits for more. */
export class ReadHalf {
  /** Bytes that have arrived. */
  bytesRead = 0;
  readonly #wire: Wire;
  #inbox: Uint8Array[] | null = null;
  #buffered = 0;
  #isFlowing = false;
  #isEnded = false;
  #isDiscarding = false;
  /** Why nothing more can be had; made into an error of its own for each read. */
  #failure: ((op: string) => Error) | null = null;
  #isShut = false;
  #deadline: Deadline | null = null;

  #wanted: Wanted = NOTHING;
  #resolve: ((value: never) => void) | null = null;
  #reject: ((reason: unknown) => void) | null = null;
  #target: Uint8Array | null = null;
  #max = 0;
  #forget: (() => void) | null = null;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** Whether nothing more can come: the peer ended it, or it broke. */
  get isOver(): boolean {
    return this.#isEnded || this.#failure !== null;
  }

  /** Whether the peer has ended it. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Bytes that have arrived and nobody took. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Whether the wire was told to let bytes come. */
  get isFlowing(): boolean {
    return this.#isFlowing;
  }

  read(options?: ReadOptions): Promise<Uint8Array | null> {
    const max = options?.max ?? 0;
    if (options?.max !== undefined && (!Number.isInteger(max) || max < 1)) {
      const message = `Cannot read at most ${max} bytes: expected a whole number of at least 1`;
      return Promise.reject(new RangeError(message));
    }
    const refusal = this.#refuse(options);
    if (refusal !== null) return Promise.reject(refusal.reason);
    if (this.#buffered > 0) return Promise.resolve(this.#take(max));
    if (this.#isEnded || this.#isDiscarding) return Promise.resolve(null);
    this.#max = max;
    return this.#wait(CHUNK, options?.signal);
  }

  readInto(target: Uint8Array, options?: WaitOptions): Promise<number | null> {
    if (target.byteLength === 0) return Promise.reject(new RangeError("Cannot read into an empty buffer"));
    const refusal = this.#refuse(options);
    if (refusal !== null) return Promise.reject(refusal.reason);
    if (this.#buffered > 0) {
      const chunk = this.#take(target.byteLength);
      target.set(chunk);
      return Promise.resolve(chunk.byteLength);
    }
    if (this.#isEnded || this.#isDiscarding) return Promise.resolve(null);
    this.#target = target;
    if (target.byteLength >= OFFER_FROM) this.#wire.offer?.(target);
    return this.#wait(FILL, options?.signal);
  }

  /** `read` in the form that `for await` asks for. */
  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const refusal = this.#refuse();
    if (refusal !== null) return Promise.reject(refusal.reason);
    if (this.#buffered > 0) return Promise.resolve({ value: this.#take(0), done: false });
    if (this.#isEnded || this.#isDiscarding) return Promise.resolve(END);
    this.#max = 0;
    return this.#wait(ITERATION, undefined);
  }

  setDeadline(at: Moment): void {
    if (at === null && this.#deadline === null) return;
    this.#deadline ??= new Deadline(() => this.#fail(new DeadlineError(this.#origin("read"))));
    this.#deadline.set(at);
  }

  /** Puts bytes back at the front. */
  unread(bytes: Uint8Array): void {
    if (bytes.byteLength === 0 || this.#isDiscarding) return;
    (this.#inbox ??= []).unshift(bytes);
    this.#buffered += bytes.byteLength;
  }

  /** From here on readers get the end of the stream, and what comes is counted and dropped. */
  discard(): void {
    if (this.#isDiscarding) return;
    this.#isDiscarding = true;
    this.#inbox = null;
    this.#buffered = 0;
    this.#giveEnd();
    if (!this.isOver) this.flow();
  }

  /** Lets bytes come, if they do not yet. */
  flow(): void {
    if (this.#isFlowing || this.#isEnded) return;
    this.#isFlowing = true;
    this.#wire.readStart();
  }

  /** This side closed it: the wait under way and every later one is turned away; what comes is dropped. */
  shut(options?: ErrorOptions): void {
    this.#isShut = true;
    this.#isDiscarding = true;
    this.#inbox = null;
    this.#buffered = 0;
    this.#deadline?.clear();
    this.#failure = (op) => new ClosedError(this.#origin(op), options);
    this.#fail(this.#failure("read"));
  }

  arrived(bytes: Buffer, length: number): void {
    this.bytesRead += length;
    if (this.#isDiscarding) return;
    if (this.#wanted === NOTHING || this.#buffered > 0) this.#store(keep(bytes, length));
    else if (this.#wanted === FILL) this.#fill(bytes, length);
    else this.#give(keep(bytes, length));
  }

  arrivedOwned(chunk: Uint8Array): void {
    this.bytesRead += chunk.byteLength;
    if (this.#isDiscarding) return;
    if (this.#wanted === NOTHING || this.#buffered > 0) this.#store(chunk);
    else if (this.#wanted === FILL) this.#fill(chunk, chunk.byteLength);
    else this.#give(chunk);
  }

  /** The wire filled the buffer it was offered. */
  filled(length: number): void {
    this.bytesRead += length;
    this.#settle()(length as never);
  }

  ended(): void {
    this.#isEnded = true;
    this.#giveEnd();
  }

  broke(cause: Error): void {
    if (this.isOver) return;
    this.#failure = (op) => new BrokenError(this.#origin(op), cause);
    // What arrived before the break is handed out first; a wait under way means that there is nothing.
    this.#fail(this.#failure("read"));
  }

  /** Why a read cannot be, wrapped since a signal's reason may be anything; `null` when it can. */
  #refuse(options?: WaitOptions): { reason: unknown } | null {
    if (options?.signal?.aborted === true) return { reason: options.signal.reason };
    if (this.#wanted !== NOTHING) return { reason: new BusyError(this.#origin("read")) };
    if (this.#deadline !== null && this.#deadline.isExpired) {
      return { reason: new DeadlineError(this.#origin("read")) };
    }
    const isOver = this.#isShut || (this.#buffered === 0 && !this.#isEnded);
    return this.#failure !== null && isOver ? { reason: this.#failure("read") } : null;
  }

  #wait<T>(wanted: Wanted, signal: AbortSignal | undefined): Promise<T> {
    const promise = new Promise<T>(capture as never);
    this.#resolve = resolver;
    this.#reject = rejecter;
    this.#wanted = wanted;
    if (signal !== undefined) this.#forget = onAbort(signal, () => this.#fail(signal.reason));
    if (!this.#isFlowing) this.flow();
    return promise;
  }

  #store(chunk: Uint8Array): void {
    (this.#inbox ??= []).push(chunk);
    this.#buffered += chunk.byteLength;
    if (this.#buffered < INBOX_LIMIT || !this.#isFlowing) return;
    this.#isFlowing = false;
    this.#wire.readStop();
  }

  /** Takes at most `max` bytes (0: no bound) out of a filled inbox. */
  #take(max: number): Uint8Array {
    const inbox = this.#inbox as Uint8Array[];
    const first = inbox[0] as Uint8Array;
    if (max === 0 || first.byteLength <= max) {
      inbox.shift();
      this.#buffered -= first.byteLength;
      return first;
    }
    inbox[0] = first.subarray(max);
    this.#buffered -= max;
    return first.subarray(0, max);
  }

  #give(chunk: Uint8Array): void {
    const isIteration = this.#wanted === ITERATION;
    const max = this.#max;
    if (max > 0 && chunk.byteLength > max) {
      this.#store(chunk.subarray(max));
      chunk = chunk.subarray(0, max);
    }
    this.#settle()((isIteration ? { value: chunk, done: false } : chunk) as never);
  }

  #fill(bytes: Uint8Array, length: number): void {
    const target = this.#target as Uint8Array;
    const count = Math.min(length, target.byteLength);
    target.set(bytes.subarray(0, count));
    if (count < length) {
      const rest = Buffer.from(bytes.subarray(count, length));
      this.#store(rest);
    }
    this.#settle()(count as never);
  }

  #giveEnd(): void {
    if (this.#wanted === NOTHING) return;
    const isIteration = this.#wanted === ITERATION;
    this.#settle()((isIteration ? END : null) as never);
  }

  #fail(reason: unknown): void {
    if (this.#wanted === NOTHING) return;
    const reject = this.#reject as (reason: unknown) => void;
    this.#settle();
    reject(reason);
  }

  /** Ends the wait and gives its resolver. */
  #settle(): (value: never) => void {
    const resolve = this.#resolve as (value: never) => void;
    this.#wanted = NOTHING;
    this.#resolve = null;
    this.#reject = null;
    if (this.#target !== null) {
      this.#target = null;
      this.#wire.offer?.(null);
    }
    if (this.#forget !== null) {
      this.#forget();
      this.#forget = null;
    }
    return resolve;
  }

  #origin(op: string): { op: string; localAddr: Wire["localAddr"]; remoteAddr: Wire["remoteAddr"] } {
    return { op, localAddr: this.#wire.localAddr, remoteAddr: this.#wire.remoteAddr };
  }
}
