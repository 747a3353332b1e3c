import { Deadline, onAbort, traceWait } from "@belfry/sync";
import type { WaitSource } from "@belfry/sync";
import type { Deadline as Moment, WaitOptions } from "./conn.js";
import { BrokenError, ClosedError, DeadlineError } from "./errors.js";
import { Joiner } from "./joiner.js";
import { keep, LARGEST_SMALL } from "./slab.js";
import { withoutStack } from "./system-error.js";
import { Views } from "./views.js";
import type { Wire } from "./wire.js";

/** More than this queued makes writers wait. */
const HIGH_WATER_MARK = 65_536;
/** Joined writes of this size go out without waiting for the tick to end. */
const JOIN_LIMIT = 16_384;

/** What a write returns whose data is with the kernel, or copied, when it returns. */
export const DONE = Promise.resolve();

/** Where lent bytes stand while the kernel takes them, which as a rule is within the call. */
let scratch = new Views(Views.longest);

interface Waiter {
  /** Settles once so much has been handed to the kernel. */
  readonly target: number;
  readonly op: string;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  forget: (() => void) | null;
}

/**
 * The write half of a connection: what is queued, and the tasks that wait for it to go.
 *
 * The first write of a tick goes straight to the kernel. What follows in the same tick is joined, and leaves when the
 * connection's reader waits for more input, when the tick ends or when enough has gathered. One write is with the wire
 * at a time; what comes meanwhile is joined too.
 */
export class WriteHalf implements WaitSource {
  readonly #wire: Wire;
  /** Handed in and handed to the kernel, in the joiner's units; the difference is what is queued. */
  #handed = 0;
  #done = 0;
  #inFlight = 0;
  #joiner: Joiner | null = null;
  /** Whether a write now would be joined rather than sent. */
  #isJoining = false;
  #isScheduled = false;
  #waiters: Waiter[] | null = null;
  #deadline: Deadline | null = null;
  /** Why nothing more can go out; made into an error of its own for each call. */
  #failure: ((op: string) => Error) | null = null;
  #isShut = false;
  #ending: Promise<void> | null = null;
  #onShutdown: (() => void) | null = null;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** Whether the peer has been told that nothing more comes, or cannot be told. */
  get isOver(): boolean {
    return this.#isShut || this.#failure !== null;
  }

  describeWait(): string | undefined {
    const first = this.#waiters?.[0];
    return first === undefined ? undefined : `Conn.${first.op} ${String(this.#wire.remoteAddr)}`;
  }

  /** Bytes handed in. */
  get bytesWritten(): number {
    return this.#wire.bytesWritten + (this.#joiner?.byteLength ?? 0);
  }

  /** Bytes the kernel has not taken. */
  get bytesQueued(): number {
    return this.#wire.bytesQueued + (this.#joiner?.byteLength ?? 0);
  }

  /** `isAnswer`: whether the reader is at work and will let joined writes go when it waits again. */
  write(data: Uint8Array | string, options?: WaitOptions, isAnswer = true): Promise<void> {
    const refusal = this.#refuse("write", options);
    if (refusal !== null) return Promise.reject(refusal.reason);
    const size = data.length;
    if (size === 0) return DONE;
    this.#handed += size;
    if (!this.#isJoining && this.#inFlight === 0) {
      this.#isJoining = true;
      if (!isAnswer) this.#schedule();
      this.#send(data, size);
      return this.#inFlight === 0 && this.#failure === null ? DONE : this.#wait("write", this.#handed, options);
    }
    const isCopied = (this.#joiner ??= new Joiner()).add(data);
    if (this.#inFlight === 0) this.#sendSoon();
    const target = isCopied ? this.#handed - HIGH_WATER_MARK : this.#handed;
    return target <= this.#done ? DONE : this.#wait("write", target, options);
  }

  /** `write` for bytes that are only lent until this returns. */
  writeLent(bytes: Uint8Array): Promise<void> {
    const isDirect = !this.#isJoining && this.#inFlight === 0 && bytes.byteLength <= Views.longest;
    if (!isDirect) return this.write(bytes.byteLength > LARGEST_SMALL ? keep(bytes) : bytes);
    const copy = scratch.first(bytes.byteLength);
    copy.set(bytes);
    const written = this.write(copy);
    // The kernel did not take it all, so the runtime goes on pointing at the scratch.
    if (written !== DONE) scratch = new Views(Views.longest);
    return written;
  }

  flush(op = "flush"): Promise<void> {
    const refusal = this.#refuse(op);
    if (refusal !== null) return Promise.reject(refusal.reason);
    return this.#drained(op);
  }

  /** `flush` without waiting. @returns whether it is done, or can be done no more; else `flush` is to be called. */
  tryFlush(): boolean {
    if (this.isOver) return true;
    this.release();
    return this.#done === this.#handed && this.#ending === null && this.#deadline?.isExpired !== true;
  }

  /** Flushes and tells the peer that nothing more comes. Later calls share the first one's outcome. */
  end(): Promise<void> {
    if (this.#isShut) return DONE;
    const refusal = this.#ending === null ? this.#refuse("closeWrite") : null;
    if (refusal !== null) return Promise.reject(refusal.reason);
    return (this.#ending ??= this.#end());
  }

  /** The next writes of this tick are joined: more of them follow. */
  hold(): void {
    this.#isJoining = true;
  }

  /** The reader has nothing to work on: what is joined goes now. */
  release(): void {
    this.#isJoining = false;
    if (this.#joiner !== null && this.#joiner.size > 0 && this.#inFlight === 0) this.#sendJoined();
  }

  setDeadline(at: Moment): void {
    if (at === null && this.#deadline === null) return;
    this.#deadline ??= new Deadline(() => this.#rejectAll((op) => new DeadlineError(this.#origin(op))));
    this.#deadline.set(at);
    if (this.isOver) this.#deadline.clear();
  }

  /** This side closed it: waits under way and later calls are turned away. */
  shut(options?: ErrorOptions): void {
    this.#fail((op) => new ClosedError(this.#origin(op), options));
  }

  broke(cause: Error): void {
    this.#fail((op) => new BrokenError(this.#origin(op), cause));
  }

  drained(): void {
    this.#done += this.#inFlight;
    this.#inFlight = 0;
    if (this.#joiner !== null && this.#joiner.size > 0) this.#sendJoined();
    this.#wake();
  }

  shutDown(): void {
    this.#isShut = true;
    this.#deadline?.clear();
    this.#onShutdown?.();
  }

  /** Called at the end of a tick in which something was joined. */
  tickEnded(): void {
    this.#isScheduled = false;
    this.release();
  }

  async #end(): Promise<void> {
    try {
      await this.#drained("closeWrite");
    } catch (error) {
      this.#ending = null; // a later deadline may let it through
      throw error;
    }
    if (this.#isShut) return;
    // It broke, or this side closed it, since the last byte went.
    this.#throwIfFailed("closeWrite");
    const isOver = new Promise<void>((resolve) => (this.#onShutdown = resolve));
    this.#wire.shutdown();
    await isOver;
    if (!this.#isShut) this.#throwIfFailed("closeWrite");
  }

  #throwIfFailed(op: string): void {
    if (this.#failure !== null) throw this.#failure(op);
  }

  #drained(op: string): Promise<void> {
    this.release();
    if (this.#failure !== null) return Promise.reject(this.#failure(op));
    return this.#done === this.#handed ? DONE : this.#wait(op, this.#handed);
  }

  #refuse(op: string, options?: WaitOptions): { reason: unknown } | null {
    if (options?.signal?.aborted === true) return { reason: options.signal.reason };
    if (this.#failure !== null) return { reason: this.#failure(op) };
    if (this.#ending !== null || this.#isShut) return { reason: new ClosedError(this.#origin(op)) };
    if (this.#deadline !== null && this.#deadline.isExpired) return { reason: new DeadlineError(this.#origin(op)) };
    return null;
  }

  #send(data: Uint8Array | string | Uint8Array[], size: number): void {
    // Set before the call: a wire may report within it.
    this.#inFlight = size;
    if (this.#pass(data)) {
      this.#done += size;
      this.#inFlight = 0;
    }
  }

  #pass(data: Uint8Array | string | Uint8Array[]): boolean {
    if (!Array.isArray(data)) return this.#wire.write(data);
    return this.#wire.writeMany?.(data) ?? this.#wire.write(Buffer.concat(data));
  }

  #sendJoined(): void {
    const joiner = this.#joiner as Joiner;
    const size = joiner.size;
    this.#send(joiner.take(), size);
    if (this.#inFlight === 0) this.#wake();
  }

  #sendSoon(): void {
    if ((this.#joiner as Joiner).size >= JOIN_LIMIT) {
      this.#sendJoined();
    } else {
      this.#schedule();
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    atTickEnd(this);
  }

  #wait(op: string, target: number, options?: WaitOptions): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure(op));
    traceWait(this);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { target, op, resolve, reject, forget: null };
      (this.#waiters ??= []).push(waiter);
      const signal = options?.signal;
      if (signal === undefined) return;
      waiter.forget = onAbort(signal, () => {
        this.#waiters = (this.#waiters ?? []).filter((other) => other !== waiter);
        reject(signal.reason);
      });
    });
  }

  #wake(): void {
    const waiters = this.#waiters;
    if (waiters === null || waiters.length === 0) return;
    this.#waiters = waiters.filter((waiter) => waiter.target > this.#done);
    for (const waiter of waiters) {
      if (waiter.target > this.#done) continue;
      waiter.forget?.();
      waiter.resolve();
    }
  }

  #fail(failure: (op: string) => Error): void {
    if (this.#failure !== null) return;
    this.#failure = failure;
    this.#joiner = null;
    this.#deadline?.clear();
    this.#rejectAll(failure);
    this.#onShutdown?.();
  }

  #rejectAll(errorFor: (op: string) => Error): void {
    const waiters = this.#waiters;
    this.#waiters = null;
    for (const waiter of waiters ?? []) {
      waiter.forget?.();
      waiter.reject(withoutStack(() => errorFor(waiter.op)));
    }
  }

  #origin(op: string): { op: string; localAddr: Wire["localAddr"]; remoteAddr: Wire["remoteAddr"] } {
    return { op, localAddr: this.#wire.localAddr, remoteAddr: this.#wire.remoteAddr };
  }
}

/** The write halves that joined something in this tick. */
let joined: WriteHalf[] = [];

/**
 * In `process.nextTick`, which runs when the microtasks are through: a microtask would run between two awaits of the
 * loop that writes.
 */
function atTickEnd(half: WriteHalf): void {
  if (joined.push(half) === 1) process.nextTick(endTick);
}

function endTick(): void {
  const halves = joined;
  joined = [];
  for (const half of halves) half.tickEnded();
}
