import fs from "node:fs";
import { transferBuffers } from "../../buffer-pool.js";
import type { FileInfo, FileReader } from "../storage.js";
import { call } from "./calls.js";
import { toStorageError } from "./system-errors.js";
import type { Touches } from "./touches.js";
import { turnBudget } from "./turn-budget.js";
import { Warmth } from "./warmth.js";

/** Reads under way at a time: the disk works on one while the other is sent. */
const MAX_READS = 2;
/**
 * What is sent in one write is a multiple of this, the longest segment there is (64 KiB without its headers): the rest would
 * go in a packet of its own, and wake the client for some hundred bytes.
 */
const SEGMENT = 65_483;

/** What a reader is made of. */
export interface OpenedFile {
  readonly fd: number;
  readonly info: FileInfo;
  /** As the caller named it. */
  readonly path: string;
  readonly start: number;
  readonly touches: Touches;
  /** Closes the descriptor; never rejects. */
  readonly release: () => Promise<void>;
}

const END: IteratorResult<Uint8Array, undefined> = { done: true, value: undefined };

interface PendingRead {
  readonly buffer: Buffer;
  /** The part of the buffer that is filled. */
  readonly target: Buffer;
  readonly position: number;
  readonly done: Promise<number>;
}

/**
 * Reads a file into buffers that are used again: what the page cache has at once, when it is asked for, and the rest in the
 * thread pool, ahead of the one who asks.
 */
export class DiskReader implements FileReader, AsyncIterator<Uint8Array, undefined> {
  readonly info: FileInfo;
  readonly #file: OpenedFile;
  readonly #share = transferBuffers.share();
  readonly #warmth: Warmth;
  readonly #reads: PendingRead[] = [];
  #lent: Buffer | null = null;
  /** Where the next read begins. */
  #position: number;
  #isAtEnd = false;
  #running: Promise<IteratorResult<Uint8Array, undefined>> | null = null;
  #closing: Promise<void> | null = null;

  /** The first read begins here, where it is for the thread pool. */
  constructor(file: OpenedFile) {
    this.info = file.info;
    this.#file = file;
    this.#position = file.start;
    this.#warmth = new Warmth(file.touches);
    if (!this.#isWarm()) this.#readOnce();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#running = this.#next();
    return this.#running;
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    await this.close();
    return END;
  }

  close(): Promise<void> {
    this.#closing ??= this.#release();
    return this.#closing;
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#takeBack();
    if (this.#isAtEnd) return END;
    if (this.#reads.length === 0 && this.#isWarm()) {
      // Awaited in any case: who closes it right behind this call is lent nothing.
      await turnBudget.take(Math.min(this.#warmth.piece, this.#wanted()));
      if (this.#closing !== null) return END;
      // A read of somebody else's may have been slow meanwhile.
      if (this.#isWarm()) return this.#readAtOnce();
    }
    if (this.#reads.length === 0) this.#readOnce();
    // Nothing is lent or being read now, so that there is a buffer for this one.
    const { buffer, target, position, done } = this.#reads.shift() as PendingRead;
    this.#readAhead();
    let length: number;
    try {
      length = await done;
    } catch (error) {
      this.#isAtEnd = true;
      this.#share.give(buffer);
      throw toStorageError(error, this.#file.path);
    }
    this.#lent = buffer;
    if (length < target.length) await this.#stopShort(position + length, length === 0);
    if (length === 0 || this.#closing !== null) return END;
    this.#readAhead();
    return { done: false, value: length === target.length ? target : target.subarray(0, length) };
  }

  #readAtOnce(): IteratorResult<Uint8Array, undefined> {
    // The buffer that came back last, as a rule, so that it is in the processor's cache still. Nothing is held meanwhile.
    this.#lent = this.#share.take(Math.min(this.#warmth.piece, this.#wanted())) as Buffer;
    const target = inSegments(this.#lent);
    const position = this.#position;
    const since = performance.now();
    let length: number;
    try {
      length = fs.readSync(this.#file.fd, target, 0, target.length, position);
    } catch (error) {
      this.#isAtEnd = true;
      throw toStorageError(error, this.#file.path);
    } finally {
      this.#warmth.took(performance.now() - since, position + target.length);
    }
    this.#position = position + length;
    if (length < target.length) this.#isAtEnd ||= length === 0 || this.#position >= this.info.size;
    if (length === 0) return END;
    return { done: false, value: length === target.length ? target : target.subarray(0, length) };
  }

  #isWarm(): boolean {
    return this.#warmth.isLikelyAt(this.#position);
  }

  /** One byte more than there should be, so that one read tells the end, too. */
  #wanted(): number {
    return this.info.size - this.#position + 1;
  }

  #takeBack(): void {
    if (this.#lent !== null) this.#share.give(this.#lent);
    this.#lent = null;
  }

  /** The file ended in the middle of a read: what was read ahead lies behind a gap, or behind what is there by now. */
  async #stopShort(position: number, isNothing: boolean): Promise<void> {
    this.#isAtEnd ||= isNothing || position >= this.info.size;
    this.#position = position;
    await this.#dropReads();
  }

  #readAhead(): void {
    let hasRoom = true;
    while (hasRoom && this.#reads.length < MAX_READS && this.#isWorthAhead()) hasRoom = this.#readOnce();
  }

  /** What a file gains while it is read is not read ahead, and neither is what is tried at once. */
  #isWorthAhead(): boolean {
    return !this.#isAtEnd && this.#position < this.info.size && !this.#isWarm();
  }

  /** @returns whether there was a buffer for it: there is while none is held. */
  #readOnce(): boolean {
    const position = this.#position;
    const buffer = this.#share.take(this.#wanted());
    if (buffer === null) return false;
    const target = inSegments(buffer);
    const done = call<number>((end) => fs.read(this.#file.fd, target, 0, target.length, position, end));
    // Told to whoever comes to this read; nobody may.
    done.catch(() => {});
    this.#position += target.length;
    this.#reads.push({ buffer, target, position, done });
    return true;
  }

  async #release(): Promise<void> {
    this.#isAtEnd = true;
    // The system cannot be told to stop reading into a buffer.
    await this.#running?.catch(() => {});
    await this.#dropReads();
    this.#takeBack();
    this.#share.close();
    await this.#file.release();
  }

  async #dropReads(): Promise<void> {
    for (const { buffer, done } of this.#reads.splice(0)) {
      await done.catch(() => {});
      this.#share.give(buffer);
    }
  }
}

function inSegments(buffer: Buffer): Buffer {
  return buffer.subarray(0, buffer.length - (buffer.length % SEGMENT));
}
