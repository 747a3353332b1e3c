import { describe, it } from "node:test";
import type { Storage } from "./storage/storage.js";
import { abilityChecks } from "./testing/abilities.js";
import type { Check } from "./testing/check.js";
import { directoryChecks, renameChecks } from "./testing/directories.js";
import { listingChecks } from "./testing/listing.js";
import { nameChecks } from "./testing/names.js";
import { readingChecks } from "./testing/reading.js";
import { atomicChecks, writingChecks } from "./testing/writing.js";

/** A fresh storage with nothing in it. */
export interface FreshStorage {
  readonly storage: Storage;
  /** Releases what the storage needs; called when the check is over. */
  readonly stop?: (() => void | Promise<void>) | undefined;
}

/** Makes a fresh one for each check. */
export type MakeStorage = () => FreshStorage | Promise<FreshStorage>;

/** Options of {@link storageSuite}. */
export interface StorageSuiteOptions {
  /** What the suite is called in the report. Default `"Storage"`. */
  readonly name?: string | undefined;
  /** Whether nobody sees an upload before it is committed. Default `true`. */
  readonly isAtomic?: boolean | undefined;
  /** Milliseconds after which one check has failed. Default 20,000. */
  readonly timeout?: number | undefined;
}

/**
 * The conformance suite: registers with `node:test` every check that a `Storage` must pass, and for each ability it
 * has those of the ability.
 *
 * Call it at the top of a test file, or within a `describe`. It covers the contract in the documentation of `Storage`:
 * exact bytes, ranges, listing while things change, atomic replacement, exclusive names, directories, any name there
 * is, errors, aborts.
 *
 * @example
 * ```ts
 * import { memoryStorage } from "@belfry/ftp";
 * import { storageSuite } from "@belfry/ftp/testing";
 *
 * storageSuite(() => ({ storage: memoryStorage() }), { name: "memory" });
 * ```
 */
export function storageSuite(makeStorage: MakeStorage, options: StorageSuiteOptions = {}): void {
  const { name = "Storage", isAtomic = true, timeout = 20_000 } = options;
  void describe(name, () => {
    const check: Check = (title, body) => void it(title, () => runWith(makeStorage, body, timeout));
    readingChecks(check);
    listingChecks(check);
    writingChecks(check);
    if (isAtomic) atomicChecks(check);
    directoryChecks(check);
    renameChecks(check);
    nameChecks(check);
    abilityChecks(check);
  });
}

async function runWith(makeStorage: MakeStorage, body: Parameters<Check>[1], timeout: number): Promise<void> {
  const { storage, stop } = await makeStorage();
  try {
    await within(timeout, body(storage));
  } finally {
    await stop?.();
  }
}

/** Not the timeout of `node:test`, which does not keep a process alive that has nothing but a lost promise left. */
async function within(ms: number, running: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${ms} ms`)), ms);
  });
  try {
    await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}
