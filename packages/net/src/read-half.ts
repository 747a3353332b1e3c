import { Deadline, onAbort, traceWait } from "@belfry/sync";
import type { WaitSource } from "@belfry/sync";
import type { Deadline as Moment, ReadOptions, WaitOptions } from "./conn.js";
import { BrokenError, BusyError, ClosedError, DeadlineError } from "./errors.js";
import { Inbox } from "./inbox.js";
import { keep } from "./slab.js";
import { withoutStack } from "./system-error.js";
import type { Wire } from "./wire.js";

/** Bytes kept for a reader that is elsewhere before the peer is made to wait. */
const INBOX_LIMIT = 65_536;

const UNBOUNDED = Number.POSITIVE_INFINITY;

/** What the one task that waits here is to be given. */
const NOTHING = 0;
const CHUNK = 1;
const ITERATION = 2;
const FILL = 3;
const CALL = 4;
type Wanted = typeof NOTHING | typeof CHUNK | typeof ITERATION | typeof FILL | typeof CALL;

const END: IteratorResult<Uint8Array, undefined> = { value: undefined, done: true };

// One executor for all waits: a closure for each would cost more than the rest of the wait. The rejecting function is
// not kept, which halves what an idle reader holds: a wait fails by resolving to a rejected promise.
let resolver: (value: never) => void;
function capture(resolve: (value: never) => void): void {
  resolver = resolve;
}

/** Who reads by being called, which costs neither a promise nor a turn of the microtask queue for each chunk. */
export interface Receiver {
  /** A chunk came that is only lent until this returns. */
  lent(bytes: Uint8Array): void;
  /** A chunk came, the receiver's to keep. */
  received(chunk: Uint8Array): void;
  /** `length` bytes came and stand at the start of the target that was given. */
  filled(length: number): void;
  /** The stream is over. */
  ended(): void;
  failed(reason: unknown): void;
}

/** The read half of a connection: what has arrived and nobody took, and the one task that waits for more. */
export class ReadHalf implements WaitSource {
  /** Bytes that have arrived. */
  bytesRead = 0;
  readonly #wire: Wire;
  #inbox: Inbox | null = null;
  #isFlowing = false;
  #isEnded = false;
  #isDiscarding = false;
  /** Why nothing more can be had; made into an error of its own for each read. */
  #failure: ((op: string) => Error) | null = null;
  #isShut = false;
  #isReleased = false;
  #deadline: Deadline | null = null;

  #wanted: Wanted = NOTHING;
  #receiver: Receiver | null = null;
  #resolve: ((value: never) => void) | null = null;
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
    return this.#inbox?.size ?? 0;
  }

  /** Whether the wire was told to let bytes come. */
  get isFlowing(): boolean {
    return this.#isFlowing;
  }

  describeWait(): string | undefined {
    return this.#wanted === NOTHING ? undefined : `Conn.read ${String(this.#wire.remoteAddr)}`;
  }

  /** Whether a reader has something to work on: it was given bytes and has not come back for more. */
  get isAtWork(): boolean {
    return this.#isFlowing && this.#wanted === NOTHING && !this.isOver;
  }

  read(options?: ReadOptions): Promise<Uint8Array | null> {
    const max = options?.max ?? UNBOUNDED;
    if (max !== UNBOUNDED && (!Number.isInteger(max) || max < 1)) {
      const message = `Cannot read at most ${max} bytes: expected a whole number of at least 1`;
      return Promise.reject(new RangeError(message));
    }
    const refusal = this.#refuse(options);
    if (refusal !== null) return Promise.reject(refusal.reason);
    const waiting = this.#take(max);
    if (waiting !== null) return Promise.resolve(waiting);
    if (this.#isEnded || this.#isDiscarding) return Promise.resolve(null);
    this.#max = max;
    return this.#wait(CHUNK, options?.signal);
  }

  readInto(target: Uint8Array, options?: WaitOptions): Promise<number | null> {
    if (target.byteLength === 0) return Promise.reject(new RangeError("Cannot read into an empty buffer"));
    const refusal = this.#refuse(options);
    if (refusal !== null) return Promise.reject(refusal.reason);
    const waiting = this.#take(target.byteLength);
    if (waiting !== null) {
      target.set(waiting);
      return Promise.resolve(waiting.byteLength);
    }
    if (this.#isEnded || this.#isDiscarding) return Promise.resolve(null);
    this.#target = target;
    return this.#wait(FILL, options?.signal);
  }

  /** `read` in the form that `for await` asks for. */
  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const refusal = this.#refuse();
    if (refusal !== null) return Promise.reject(refusal.reason);
    const waiting = this.#take(UNBOUNDED);
    if (waiting !== null) return Promise.resolve({ value: waiting, done: false });
    if (this.#isEnded || this.#isDiscarding) return Promise.resolve(END);
    this.#max = UNBOUNDED;
    return this.#wait(ITERATION, undefined);
  }

  /** Reads once for `receiver`, into `target` where the wire can; may call it before this returns. */
  receive(receiver: Receiver, target: Uint8Array | null): void {
    const refusal = this.#refuse();
    const waiting = refusal === null ? this.#take(UNBOUNDED) : null;
    if (refusal !== null) receiver.failed(refusal.reason);
    else if (waiting !== null) receiver.received(waiting);
    else if (this.#isEnded || this.#isDiscarding) receiver.ended();
    else {
      this.#receiver = receiver;
      this.#max = UNBOUNDED;
      this.#wanted = CALL;
      if (target !== null && this.#wire.offer?.(target) === true) this.#target = target;
      if (!this.#isFlowing) this.flow();
    }
  }

  /** Takes back a `receive` that waits. */
  forget(receiver: Receiver): void {
    if (this.#wanted === CALL && this.#receiver === receiver) this.#settle();
  }

  setDeadline(at: Moment): void {
    if (at === null && this.#deadline === null) return;
    this.#deadline ??= new Deadline(() => this.#expire());
    this.#deadline.set(at);
    if (this.#isReleased) this.#deadline.clear();
  }

  /** The descriptor is gone: nothing is left to run out of time. */
  release(): void {
    this.#isReleased = true;
    this.#deadline?.clear();
  }

  /** Puts bytes back at the front. */
  unread(bytes: Uint8Array): void {
    if (bytes.byteLength === 0 || this.#isDiscarding) return;
    (this.#inbox ??= new Inbox()).unshift(bytes);
  }

  /** From here on readers get the end of the stream, and what comes is counted and dropped. */
  discard(): void {
    if (this.#isDiscarding) return;
    this.#isDiscarding = true;
    this.#inbox = null;
    this.#giveEnd();
    if (!this.isOver) this.flow();
  }

  /** Lets bytes come, if they do not yet. */
  flow(): void {
    if (this.#isFlowing || this.#isEnded) return;
    this.#isFlowing = true;
    this.#wire.readStart();
  }

  /** Keeps bytes from coming until the next wait: there is no room for them. */
  pause(): void {
    if (!this.#isFlowing || this.#wanted !== NOTHING || this.isOver || this.#isDiscarding) return;
    this.#isFlowing = false;
    this.#wire.readStop();
  }

  /** This side closed it: the wait under way and every later one is turned away; what comes is dropped. */
  shut(options?: ErrorOptions): void {
    this.#isShut = true;
    this.#isDiscarding = true;
    this.#inbox = null;
    this.#deadline?.clear();
    this.#failure = (op) => new ClosedError(this.#origin(op), options);
    this.#failWait();
  }

  /** `bytes` are lent until this returns. */
  arrived(bytes: Buffer): void {
    this.bytesRead += bytes.byteLength;
    if (this.#isDiscarding) return;
    if (this.#wanted === FILL) this.#fill(bytes);
    else if (this.#wanted === NOTHING || this.#hasInbox()) this.#store(keep(bytes));
    else if (this.#wanted === CALL) this.#lend(bytes);
    else this.#give(keep(bytes));
  }

  arrivedOwned(chunk: Uint8Array): void {
    this.bytesRead += chunk.byteLength;
    if (this.#isDiscarding) return;
    if (this.#wanted === FILL) this.#fill(chunk);
    else if (this.#wanted === NOTHING || this.#hasInbox()) this.#store(chunk);
    else this.#give(chunk);
  }

  /** The wire filled the buffer it was offered. */
  filled(length: number): void {
    this.bytesRead += length;
    const receiver = this.#receiver;
    this.#settle();
    receiver?.filled(length);
  }

  ended(): void {
    this.#isEnded = true;
    this.#giveEnd();
  }

  broke(cause: Error): void {
    if (this.isOver) return;
    this.#failure = (op) => new BrokenError(this.#origin(op), cause);
    // What arrived before the break is handed out first; a wait under way means that there is nothing.
    this.#failWait();
  }

  /** Why a read cannot be, wrapped since a signal's reason may be anything; `null` when it can. */
  #refuse(options?: WaitOptions): { reason: unknown } | null {
    if (options?.signal?.aborted === true) return { reason: options.signal.reason };
    if (this.#wanted !== NOTHING) return { reason: new BusyError(this.#origin("read")) };
    if (this.#deadline !== null && this.#deadline.isExpired) {
      return { reason: new DeadlineError(this.#origin("read")) };
    }
    const isOver = this.#isShut || (!this.#hasInbox() && !this.#isEnded);
    return this.#failure !== null && isOver ? { reason: this.#failure("read") } : null;
  }

  #wait<T>(wanted: Wanted, signal: AbortSignal | undefined): Promise<T> {
    const promise = new Promise<T>(capture as never);
    this.#resolve = resolver;
    this.#wanted = wanted;
    if (signal !== undefined) this.#forget = onAbort(signal, () => this.#fail(signal.reason));
    if (!this.#isFlowing) this.flow();
    traceWait(this);
    return promise;
  }

  #hasInbox(): boolean {
    return this.#inbox !== null && this.#inbox.size > 0;
  }

  #store(chunk: Uint8Array): void {
    const inbox = (this.#inbox ??= new Inbox());
    inbox.push(chunk);
    if (inbox.size < INBOX_LIMIT || !this.#isFlowing) return;
    this.#isFlowing = false;
    this.#wire.readStop();
  }

  #take(max: number): Uint8Array | null {
    return this.#inbox === null || this.#inbox.size === 0 ? null : this.#inbox.take(max);
  }

  #give(chunk: Uint8Array): void {
    const max = this.#max;
    const taken = chunk.byteLength > max ? chunk.subarray(0, max) : chunk;
    if (taken !== chunk) this.#store(chunk.subarray(max));
    const isIteration = this.#wanted === ITERATION;
    const receiver = this.#receiver;
    const resolve = this.#settle();
    if (receiver !== null) receiver.received(taken);
    else resolve?.((isIteration ? { value: taken, done: false } : taken) as never);
  }

  #lend(bytes: Uint8Array): void {
    const receiver = this.#receiver as Receiver;
    this.#settle();
    receiver.lent(bytes);
  }

  #fill(bytes: Uint8Array): void {
    const target = this.#target as Uint8Array;
    const count = Math.min(bytes.byteLength, target.byteLength);
    target.set(count === bytes.byteLength ? bytes : bytes.subarray(0, count));
    if (count < bytes.byteLength) this.#store(Buffer.from(bytes.subarray(count)));
    this.#settle()?.(count as never);
  }

  #giveEnd(): void {
    if (this.#wanted === NOTHING) return;
    const isIteration = this.#wanted === ITERATION;
    const receiver = this.#receiver;
    const resolve = this.#settle();
    if (receiver !== null) receiver.ended();
    else resolve?.((isIteration ? END : null) as never);
  }

  /** Making an error is dear; most connections end with nobody waiting. */
  #failWait(): void {
    const failure = this.#failure;
    if (this.#wanted !== NOTHING && failure !== null) this.#fail(withoutStack(() => failure("read")));
  }

  #expire(): void {
    if (this.#wanted !== NOTHING) this.#fail(withoutStack(() => new DeadlineError(this.#origin("read"))));
  }

  #fail(reason: unknown): void {
    if (this.#wanted === NOTHING) return;
    const receiver = this.#receiver;
    const resolve = this.#settle();
    if (receiver !== null) receiver.failed(reason);
    else resolve?.(Promise.reject(reason) as never);
  }

  /** Ends the wait and gives its resolver, if it has one. */
  #settle(): ((value: never) => void) | null {
    const resolve = this.#resolve;
    const isCall = this.#wanted === CALL;
    this.#wanted = NOTHING;
    this.#receiver = null;
    this.#resolve = null;
    if (this.#target !== null) {
      this.#target = null;
      if (isCall) this.#wire.offer?.(null);
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
