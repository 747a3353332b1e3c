import fs from "node:fs";
import { StorageError } from "../storage-error.js";
import { toStorageError } from "./system-errors.js";
import { TOUCH_SIZE, type Touches } from "./touches.js";

/** Small pieces that wait are joined up to this many bytes and buffers. */
const MAX_JOINED = 1 << 20;
const MAX_BUFFERS = 256;
/** Waiting bytes that are worth a call while another is under way. */
const WORTH_A_CALL = 262_144;

interface Piece {
  readonly data: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How a {@link WriteQueue} works. */
export interface WriteQueueOptions {
  /** Where in the file the first byte goes. */
  readonly start: number;
  /** Calls under way at a time: 1 where a failure must not leave a gap. */
  readonly maxCalls: number;
  readonly touches: Touches;
}

/** Writes pieces one behind the other into a file, several calls at a time, joining what is small. */
export class WriteQueue {
  readonly #fd: number;
  readonly #path: string;
  readonly #maxCalls: number;
  readonly #touches: Touches;
  #waiting: Piece[] = [];
  #waitingBytes = 0;
  #position: number;
  #calls = 0;
  #isStopped = false;
  #failure: StorageError | null = null;
  #onIdle: (() => void) | null = null;

  constructor(fd: number, path: string, options: WriteQueueOptions) {
    this.#fd = fd;
    this.#path = path;
    this.#position = options.start;
    this.#maxCalls = options.maxCalls;
    this.#touches = options.touches;
  }

  /** Bytes that have been given to the file or wait for it, and what stood before them. */
  get end(): number {
    return this.#position + this.#waitingBytes;
  }

  /** Whether large pieces are written at once now. */
  get isPrompt(): boolean {
    return this.#touches.bulk.areQuick;
  }

  /** Writes all of `data` before it returns; `false` when it would have to wait. @throws {StorageError} */
  tryWrite(data: Uint8Array): boolean {
    this.#check();
    const isAlone = this.#calls === 0 && this.#waiting.length === 0;
    const touches = data.length <= TOUCH_SIZE ? this.#touches : this.#touches.bulk;
    if (!isAlone || !touches.areQuick) return false;
    try {
      touches.write(this.#fd, data, this.#position);
    } catch (error) {
      this.#fail(toStorageError(error, this.#path));
      this.#check();
    }
    this.#position += data.length;
    return true;
  }

  write(data: Uint8Array): Promise<void> {
    try {
      if (data.length <= TOUCH_SIZE && this.tryWrite(data)) return Promise.resolve();
      this.#check();
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ data, resolve, reject });
      this.#waitingBytes += data.length;
      this.#start();
    });
  }

  /** Resolves when everything is written. @throws {StorageError} what kept anything from being so. */
  async drain(): Promise<void> {
    await this.#idle();
    this.#check();
  }

  /** Drops what waits; resolves when no call is under way. Whatever is written afterwards fails. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#waiting.length > 0) this.#fail(new StorageError("failed", this.#path));
    await this.#idle();
  }

  #check(): void {
    if (this.#isStopped) this.#failure ??= new StorageError("failed", this.#path);
    if (this.#failure !== null) throw this.#failure;
  }

  #idle(): Promise<void> {
    if (this.#calls === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.#onIdle;
      this.#onIdle = () => {
        before?.();
        resolve();
      };
    });
  }

  #start(): void {
    while (this.#waiting.length > 0 && this.#calls < this.#maxCalls) {
      if (this.#calls > 0 && this.#waitingBytes < WORTH_A_CALL) return;
      this.#send(this.#take());
    }
  }

  #take(): readonly Piece[] {
    let bytes = 0;
    let count = 0;
    for (const { data } of this.#waiting) {
      bytes += data.length;
      if (count === MAX_BUFFERS || (bytes > MAX_JOINED && count > 0)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  #send(pieces: readonly Piece[]): void {
    const position = this.#position;
    const length = pieces.reduce((sum, { data }) => sum + data.length, 0);
    this.#position += length;
    this.#waitingBytes -= length;
    this.#calls += 1;
    const buffers = pieces.map(({ data }) => data);
    this.#put(buffers, position, (error) => {
      this.#calls -= 1;
      if (error !== null) this.#fail(toStorageError(error, this.#path));
      for (const piece of pieces) {
        if (error === null) piece.resolve();
        else piece.reject(this.#failure);
      }
      this.#start();
      if (this.#calls === 0) this.#wake();
    });
  }

  /** Until all of it is written: a call may write less than it was given. */
  #put(buffers: Uint8Array[], position: number, done: (error: unknown) => void): void {
    const written = (error: NodeJS.ErrnoException | null, count: number): void => {
      if (error !== null) return done(error);
      const rest = withoutFirst(buffers, count);
      if (rest.length === 0) return done(null);
      if (count === 0) return done(new Error("Cannot write: nothing was taken"));
      return this.#put(rest, position + count, done);
    };
    const [first, second] = buffers;
    if (first !== undefined && second === undefined) fs.write(this.#fd, first, 0, first.length, position, written);
    else fs.writev(this.#fd, buffers, position, written);
  }

  #fail(error: StorageError): void {
    this.#failure ??= error;
    this.#waitingBytes = 0;
    for (const piece of this.#waiting.splice(0)) piece.reject(this.#failure);
  }

  #wake(): void {
    const wake = this.#onIdle;
    this.#onIdle = null;
    wake?.();
  }
}

function withoutFirst(buffers: readonly Uint8Array[], count: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  let skip = count;
  for (const buffer of buffers) {
    if (skip < buffer.length) rest.push(skip === 0 ? buffer : buffer.subarray(skip));
    skip = Math.max(0, skip - buffer.length);
  }
  return rest;
}
