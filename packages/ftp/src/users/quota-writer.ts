import type { FileWriter, StorageWait } from "../storage/storage.js";
import { StorageError } from "../storage/storage-error.js";
import type { Quota } from "./account.js";
import type { QuotaLedger, Slot } from "./quota-ledger.js";
import { difference, NOTHING } from "./usage.js";
import type { Usage } from "./usage.js";

/** What a {@link QuotaWriter} writes, and what has been promised to it. */
export interface QuotaWriterOptions extends StorageWait {
  readonly ledger: QuotaLedger;
  readonly quota: Quota;
  /** Entered; the writer leaves it. */
  readonly slot: Slot;
  /** Promised already; the writer gives it back. */
  readonly held: Usage;
  /** Bytes that can be written before the file takes more than it did. */
  readonly free: number;
  /** Whether what is written is there before it is committed, and stays when it is aborted. */
  readonly isInPlace: boolean;
}

/** A writer that takes what it writes from a quota first. */
export class QuotaWriter implements FileWriter {
  readonly #inner: FileWriter;
  readonly #options: QuotaWriterOptions;
  #written = 0;
  #held: Usage;
  /** The last of the writes that wait for a count, or for one that does, and how many they are. */
  #waiting: Promise<void> = Promise.resolve();
  #behind = 0;
  #ended: Promise<void> | null = null;

  constructor(inner: FileWriter, options: QuotaWriterOptions) {
    this.#inner = inner;
    this.#options = options;
    this.#held = options.held;
  }

  write(data: Uint8Array): Promise<void> {
    const { ledger, quota } = this.#options;
    if (this.#behind === 0) {
      const more = this.#growth(data.byteLength);
      if (more.bytes === 0 || ledger.tryReserve(quota, more)) {
        this.#take(data.byteLength, more);
        return this.#inner.write(data);
      }
    }
    this.#behind += 1;
    this.#waiting = this.#writeLater(data, this.#waiting);
    return this.#waiting;
  }

  commit(): Promise<void> {
    const { isInPlace, ledger, slot } = this.#options;
    return this.#end(() => ledger.hold(slot, () => (isInPlace ? this.#commitInPlace() : this.#commitWhole())));
  }

  async abort(): Promise<void> {
    const { ledger, slot } = this.#options;
    try {
      await (this.#ended ??
        this.#end(async () => {
          await this.#inner.abort();
          await ledger.hold(slot, () => ledger.resettle(slot));
        }));
    } catch {
      // It was a commit that failed, and has said so.
    }
  }

  /** One after the other. What fails makes all behind it fail. */
  async #writeLater(data: Uint8Array, before: Promise<void>): Promise<void> {
    await before;
    const { ledger, quota, slot, signal } = this.#options;
    const more = this.#growth(data.byteLength);
    await ledger.reserve(quota, more, slot.path, { signal });
    this.#take(data.byteLength, more);
    const written = this.#inner.write(data);
    this.#behind -= 1;
    await written;
  }

  #growth(length: number): Usage {
    const bytes = Math.max(0, this.#written + length - this.#options.free) - this.#held.bytes;
    return { bytes: Math.max(0, bytes), files: 0 };
  }

  #take(length: number, more: Usage): void {
    this.#written += length;
    this.#held = { bytes: this.#held.bytes + more.bytes, files: this.#held.files };
  }

  async #commitInPlace(): Promise<void> {
    const { ledger, slot } = this.#options;
    try {
      await this.#inner.commit();
    } finally {
      await ledger.resettle(slot);
    }
  }

  async #commitWhole(): Promise<void> {
    const { ledger, quota, slot } = this.#options;
    const usage: Usage = { bytes: this.#written, files: 1 };
    // The file that was there when it was begun may have gone since, and its room may have been given to others.
    const change = difference(usage, slot.usage);
    this.#giveBack();
    const more = { bytes: Math.max(0, change.bytes), files: Math.max(0, change.files) };
    if (!ledger.tryReserve(quota, more)) {
      await this.#inner.abort();
      await ledger.resettle(slot);
      throw new StorageError("over-quota", slot.path);
    }
    this.#held = more;
    try {
      await this.#inner.commit();
      ledger.settle(slot, usage);
    } catch (error) {
      await ledger.resettle(slot);
      throw error;
    }
  }

  #end(work: () => Promise<void>): Promise<void> {
    const { ledger, slot } = this.#options;
    this.#ended = work().finally(() => {
      this.#giveBack();
      ledger.leave(slot);
    });
    return this.#ended;
  }

  #giveBack(): void {
    this.#options.ledger.release(this.#held);
    this.#held = NOTHING;
  }
}
