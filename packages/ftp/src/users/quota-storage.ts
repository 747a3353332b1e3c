import { can } from "../storage/storage.js";
import type {
  FileInfo,
  FileReader,
  FileWriter,
  ListOptions,
  ReadOptions,
  Storage,
  StorageAbilities,
  StorageWait,
  WriteOptions,
} from "../storage/storage.js";
import type { Quota } from "./account.js";
import { checkQuota } from "./account-options.js";
import { ledgerOf } from "./quota-ledger.js";
import type { QuotaLedger, Slot } from "./quota-ledger.js";
import { QuotaWriter } from "./quota-writer.js";
import { NOTHING } from "./usage.js";
import type { Usage } from "./usage.js";

/**
 * A storage that admits no more than `quota`. What is in `storage` is counted once, by walking through it, and kept from then on: by
 * writing, replacing, deleting, renaming and making directories through any storage that this function has made of it. So all accounts that share
 * a storage share what is counted, and uploads at the same time cannot exceed it together. What has been changed in other ways is found out by counting
 * anew before something is refused, at most every ten seconds.
 *
 * What exceeds the quota rejects with a StorageError `over-quota`; what an upload has taken of it is given back when it is aborted. A file
 * that replaces another takes what it is larger by. The storage keeps its abilities; with `quota.bytes` it can tell its `space`.
 *
 * @param storage the same object at each login, or it is counted at each, apart.
 * @param key names the count in the list of live tasks; the account's name.
 * @throws {RangeError | TypeError} for a wrong quota. @throws {StorageError} when it cannot be counted. @throws `signal.reason`; the
 * count goes on while others wait for it.
 */
export async function limitStorage(
  storage: Storage,
  quota: Quota,
  key: string,
  options: StorageWait = {},
): Promise<Storage> {
  checkQuota(quota);
  const ledger = ledgerOf(storage);
  await ledger.ready(key, options);
  return new QuotaStorage(storage, quota, ledger);
}

class QuotaStorage implements Storage, Partial<StorageAbilities> {
  readonly openUpdate?: StorageAbilities["openUpdate"];
  readonly rename?: StorageAbilities["rename"];
  readonly setTimes?: StorageAbilities["setTimes"];
  readonly setMode?: StorageAbilities["setMode"];
  readonly digest?: StorageAbilities["digest"];
  readonly space?: StorageAbilities["space"];
  readonly #storage: Storage;
  readonly #quota: Quota;
  readonly #ledger: QuotaLedger;

  constructor(storage: Storage, quota: Quota, ledger: QuotaLedger) {
    this.#storage = storage;
    this.#quota = quota;
    this.#ledger = ledger;
    if (can(storage, "openUpdate")) this.openUpdate = (path, options) => this.#openUpdate(storage, path, options);
    if (can(storage, "rename")) this.rename = (from, to) => this.#rename(storage, from, to);
    if (can(storage, "setTimes")) this.setTimes = (path, times) => storage.setTimes(path, times);
    if (can(storage, "setMode")) this.setMode = (path, mode) => storage.setMode(path, mode);
    if (can(storage, "digest")) this.digest = (...call) => storage.digest(...call);
    if (quota.bytes !== undefined || can(storage, "space")) this.space = (path) => this.#space(path);
  }

  stat(path: string, options?: StorageWait): Promise<FileInfo> {
    return this.#storage.stat(path, options);
  }

  list(path: string, options?: ListOptions): AsyncIterable<readonly FileInfo[]> {
    return this.#storage.list(path, options);
  }

  openRead(path: string, options?: ReadOptions): Promise<FileReader> {
    return this.#storage.openRead(path, options);
  }

  openWrite(path: string, options: WriteOptions = {}): Promise<FileWriter> {
    return this.#open(path, options, {
      isInPlace: false,
      freeOf: ({ bytes }) => bytes,
      open: () => this.#storage.openWrite(path, options),
    });
  }

  remove(path: string): Promise<void> {
    return this.#ledger.within(path, async (slot) => {
      await this.#storage.remove(path);
      this.#ledger.settle(slot, NOTHING);
    });
  }

  makeDirectory(path: string): Promise<void> {
    return this.#ledger.within(path, async (slot) => {
      const held: Usage = { bytes: 0, files: 1 - slot.usage.files };
      await this.#ledger.reserve(this.#quota, held, path);
      try {
        await this.#storage.makeDirectory(path);
        this.#ledger.settle(slot, { bytes: 0, files: 1 });
      } finally {
        this.#ledger.release(held);
      }
    });
  }

  removeDirectory(path: string): Promise<void> {
    return this.#ledger.within(path, async (slot) => {
      await this.#storage.removeDirectory(path);
      this.#ledger.settle(slot, NOTHING);
    });
  }

  #openUpdate(
    storage: Pick<StorageAbilities, "openUpdate">,
    path: string,
    options: StorageWait & { readonly start: number | "end" },
  ): Promise<FileWriter> {
    const { start } = options;
    return this.#open(path, options, {
      isInPlace: true,
      freeOf: ({ bytes }) => (start === "end" ? 0 : Math.max(0, bytes - start)),
      open: () => storage.openUpdate(path, options),
    });
  }

  async #open(path: string, { signal }: StorageWait, opening: Opening): Promise<FileWriter> {
    const [ledger, quota, slot] = [this.#ledger, this.#quota, this.#ledger.enter(path)];
    let held = NOTHING;
    try {
      await ledger.learn(slot, { signal });
      const free = opening.freeOf(slot.usage);
      const file: Usage = { bytes: 0, files: 1 - slot.usage.files };
      await ledger.reserve(quota, file, path, { signal });
      held = file;
      const { isInPlace } = opening;
      return new QuotaWriter(await opening.open(), { ledger, quota, slot, held, free, isInPlace, signal });
    } catch (error) {
      ledger.release(held);
      ledger.leave(slot);
      throw error;
    }
  }

  async #rename(storage: Pick<StorageAbilities, "rename">, from: string, to: string): Promise<void> {
    if (from === to) return storage.rename(from, to);
    const ledger = this.#ledger;
    const move = async (source: Slot, target: Slot): Promise<void> => {
      await storage.rename(from, to);
      ledger.settle(target, source.usage);
      ledger.settle(source, NOTHING);
      ledger.moveBelow(from);
    };
    // Always in one order, so that two renames the other way round do not wait for each other.
    if (from < to) return ledger.within(from, (source) => ledger.within(to, (target) => move(source, target)));
    return ledger.within(to, (target) => ledger.within(from, (source) => move(source, target)));
  }

  async #space(path: string): Promise<number> {
    const left = Math.max(0, this.#ledger.left(this.#quota).bytes);
    return can(this.#storage, "space") ? Math.min(left, await this.#storage.space(path)) : left;
  }
}

/** How a file is opened to be written. */
interface Opening {
  readonly isInPlace: boolean;
  /** Bytes that can be written before a file that takes so much takes more. */
  readonly freeOf: (usage: Usage) => number;
  readonly open: () => Promise<FileWriter>;
}
