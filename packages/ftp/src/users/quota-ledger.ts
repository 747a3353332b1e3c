import { Mutex, Semaphore } from "@belfry/sync";
import type { Storage, StorageWait } from "../storage/storage.js";
import { StorageError } from "../storage/storage-error.js";
import type { Quota } from "./account.js";
import { countUsage } from "./count-usage.js";
import { SharedTask } from "./shared-task.js";
import { difference, NOTHING, sum } from "./usage.js";
import type { Usage } from "./usage.js";

/** A path that somebody changes now, or writes to. */
export interface Slot {
  readonly path: string;
  /** What is counted for the path. */
  readonly usage: Usage;
}

/** The ledger of a storage: one, whoever asks, so that all accounts that share the storage count the same files. */
export function ledgerOf(storage: Storage): QuotaLedger {
  let ledger = LEDGERS.get(storage);
  if (ledger === undefined) {
    ledger = new QuotaLedger(storage);
    LEDGERS.set(storage, ledger);
  }
  return ledger;
}

const LEDGERS = new WeakMap<Storage, QuotaLedger>();

/** Storages that are walked at once; it is hard work for a disk. */
const WALKS = new Semaphore(2);

/** How long a count holds at least before what it refuses is counted anew; and so many times the time it took. */
const RECOUNT_AFTER = 10_000;
const RECOUNT_FACTOR = 10;

/** What a storage holds, and what of it is promised to writes under way. */
export class QuotaLedger {
  readonly #storage: Storage;
  readonly #slots = new Map<string, OpenSlot>();
  readonly #counting = new SharedTask((signal) => this.#count(signal));
  #used: Usage = NOTHING;
  #reserved: Usage = NOTHING;
  #isCounted = false;
  #recountAt = 0;
  /** Goes up with each change of what is used. */
  #version = 0;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * Counts what is there, unless that has been done.
   *
   * @param name for the list of live tasks.
   */
  async ready(name: string, options: StorageWait): Promise<void> {
    if (!this.#isCounted) await this.#counting.join(name, options);
  }

  /**
   * Promises room for something. What has been changed behind the ledger's back, as by who cleans up the disk, is found when it
   * matters: before it refuses it counts anew, unless it has done so just now.
   *
   * @throws {StorageError} `over-quota`
   */
  async reserve(quota: Quota, more: Usage, path: string, options: StorageWait = {}): Promise<void> {
    if (this.tryReserve(quota, more)) return;
    if (performance.now() >= this.#recountAt) await this.#counting.join("recount", options);
    if (!this.tryReserve(quota, more)) throw new StorageError("over-quota", path);
  }

  /** The same, at once: whether there is room by what is known. */
  tryReserve(quota: Quota, more: Usage): boolean {
    const left = this.left(quota);
    if ((more.bytes > 0 && more.bytes > left.bytes) || (more.files > 0 && more.files > left.files)) return false;
    this.#reserved = sum(this.#reserved, more);
    return true;
  }

  /** Gives what was promised back. */
  release(less: Usage): void {
    this.#reserved = difference(this.#reserved, less);
  }

  /** What is left of a quota; less than nothing where it was made smaller. */
  left(quota: Quota): Usage {
    const { bytes = Number.POSITIVE_INFINITY, files = Number.POSITIVE_INFINITY } = quota;
    return difference({ bytes, files }, sum(this.#used, this.#reserved));
  }

  /** Counts `usage` for a slot in place of what was. */
  settle(slot: Slot, usage: Usage): void {
    const { usage: before } = slot;
    (slot as OpenSlot).usage = usage;
    if (usage.bytes === before.bytes && usage.files === before.files) return;
    this.#used = sum(this.#used, difference(usage, before));
    this.#version += 1;
  }

  /** Counts what the storage says is there; where it does not, what was counted stays. Never rejects. */
  async resettle(slot: Slot): Promise<void> {
    try {
      this.settle(slot, await this.#look(slot.path));
    } catch {
      // The next count finds it out.
    }
  }

  /** What is below a directory is elsewhere now, and is still counted. */
  moveBelow(directory: string): void {
    this.#version += 1;
    for (const slot of this.#slots.values()) if (slot.path.startsWith(`${directory}/`)) slot.usage = NOTHING;
  }

  /** Opens a slot, until {@link leave}. */
  enter(path: string): Slot {
    const slot = this.#slots.get(path) ?? new OpenSlot(path);
    this.#slots.set(path, slot);
    slot.users += 1;
    return slot;
  }

  leave(slot: Slot): void {
    const open = slot as OpenSlot;
    open.users -= 1;
    if (open.users === 0) this.#slots.delete(open.path);
  }

  /** Looks what is there, unless that is known. */
  async learn(slot: Slot, options: StorageWait = {}): Promise<void> {
    if (!(slot as OpenSlot).isKnown) await this.hold(slot, () => Promise.resolve(), options);
  }

  /** Does something with what a slot is for, while nobody else does. */
  async hold<T>(slot: Slot, work: () => Promise<T>, options: StorageWait = {}): Promise<T> {
    const open = slot as OpenSlot;
    const release = await open.mutex.acquire(options);
    try {
      if (!open.isKnown) {
        open.usage = await this.#look(open.path, options);
        open.isKnown = true;
      }
      return await work();
    } finally {
      release();
    }
  }

  /** {@link enter}, {@link hold} and {@link leave}. */
  async within<T>(path: string, work: (slot: Slot) => Promise<T>): Promise<T> {
    const slot = this.enter(path);
    try {
      return await this.hold(slot, () => work(slot));
    } finally {
      this.leave(slot);
    }
  }

  async #look(path: string, options?: StorageWait): Promise<Usage> {
    try {
      const { type, size } = await this.#storage.stat(path, options);
      return { bytes: type === "file" ? size : 0, files: 1 };
    } catch (error) {
      if (error instanceof StorageError && error.code === "not-found") return NOTHING;
      throw error;
    }
  }

  async #count(signal: AbortSignal): Promise<void> {
    const release = await WALKS.acquire({ signal });
    const started = performance.now();
    const version = this.#version;
    try {
      // What is being written is counted when that ends; until then as it was before.
      const known = (path: string): Usage | undefined => {
        const slot = this.#slots.get(path);
        return slot?.isKnown === true ? slot.usage : undefined;
      };
      const used = await countUsage(this.#storage, { known, signal });
      // What was changed meanwhile may be counted or not. The first count stands, for nothing is known but it.
      if (this.#isCounted && version !== this.#version) return;
      this.#used = used;
      this.#isCounted = true;
    } finally {
      release();
      const ended = performance.now();
      this.#recountAt = ended + Math.max(RECOUNT_AFTER, (ended - started) * RECOUNT_FACTOR);
    }
  }
}

class OpenSlot implements Slot {
  readonly path: string;
  readonly mutex = new Mutex();
  usage: Usage = NOTHING;
  isKnown = false;
  users = 0;

  constructor(path: string) {
    this.path = path;
  }
}
