import { nameOf } from "../protocol/path.js";
import { MemoryReader } from "./memory/memory-reader.js";
import { type MemoryBudget, MemoryWriter } from "./memory/memory-writer.js";
import {
  describeNode,
  findNode,
  getNode,
  getParent,
  makeDirectoryNode,
  makeFileNode,
  type MemoryFile,
  type MemoryNode,
  placeNode,
} from "./memory/tree.js";
import type {
  FileInfo,
  FileReader,
  FileWriter,
  ReadOptions,
  Storage,
  StorageAbilities,
  StorageWait,
  WriteOptions,
} from "./storage.js";
import { StorageError } from "./storage-error.js";

/** Options of {@link memoryStorage}. */
export interface MemoryStorageOptions {
  /** Bytes that all files together may hold, uploads under way included. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
}

const DEFAULT_MAX_BYTES = 64 << 20;
const BATCH = 256;

/**
 * Files in memory: for tests, and for what need not outlive the process. Uploads are atomic, there are no links, and
 * directories are real.
 *
 * @throws {RangeError} when `maxBytes` is no number of bytes.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { memoryStorage } from "@belfry/ftp";
 *
 * const storage = memoryStorage({ maxBytes: 1 << 20 });
 * await storage.makeDirectory("/pub");
 * const writer = await storage.openWrite("/pub/hello.txt");
 * await writer.write(Buffer.from("hello"));
 * await writer.commit();
 * assert.equal((await storage.stat("/pub/hello.txt")).size, 5);
 * ```
 */
export function memoryStorage(options: MemoryStorageOptions = {}): Storage & StorageAbilities {
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  if (!(maxBytes >= 0)) throw new RangeError(`Cannot hold ${String(maxBytes)} bytes: not a number of bytes`);
  return new MemoryStorage(maxBytes);
}

class MemoryStorage implements Storage, StorageAbilities, MemoryBudget {
  readonly #root = makeDirectoryNode();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  take(bytes: number, path: string): void {
    if (this.#bytes + bytes > this.#maxBytes) throw new StorageError("no-space", path);
    this.#bytes += bytes;
  }

  async stat(path: string, options?: StorageWait): Promise<FileInfo> {
    options?.signal?.throwIfAborted();
    return describeNode(nameOf(path), getNode(this.#root, path));
  }

  async *list(path: string, options?: StorageWait): AsyncGenerator<readonly FileInfo[], void, undefined> {
    options?.signal?.throwIfAborted();
    const node = getNode(this.#root, path);
    if (node.type === "file") throw new StorageError("not-a-directory", path);
    let batch: FileInfo[] = [];
    // The iterator of a Map goes on over what is added and skips what is removed meanwhile.
    for (const [name, entry] of node.entries) {
      batch.push(describeNode(name, entry));
      if (batch.length < BATCH) continue;
      yield batch;
      options?.signal?.throwIfAborted();
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  async openRead(path: string, options?: ReadOptions): Promise<FileReader> {
    options?.signal?.throwIfAborted();
    const file = this.#getFile(path);
    return new MemoryReader(describeNode(nameOf(path), file), file, options?.start ?? 0);
  }

  async openWrite(path: string, options?: WriteOptions): Promise<FileWriter> {
    options?.signal?.throwIfAborted();
    const isExclusive = options?.exclusive ?? false;
    const checkPlace = (): void => {
      const there = findNode(this.#root, path);
      if (there?.type === "directory") throw new StorageError("is-a-directory", path);
      if (there !== undefined && isExclusive) throw new StorageError("exists", path);
    };
    checkPlace();
    getParent(this.#root, path);
    const file = makeFileNode();
    const commit = (): void => {
      checkPlace();
      const parent = getParent(this.#root, path);
      const old = findNode(this.#root, path);
      if (old !== undefined) file.mode = old.mode;
      placeNode(parent, path, file);
      this.#forget(old);
    };
    return new MemoryWriter(path, file, {
      start: 0,
      budget: this,
      ending: { commit, abort: (given) => this.#forget(given) },
    });
  }

  async openUpdate(path: string, options: StorageWait & { readonly start: number | "end" }): Promise<FileWriter> {
    options.signal?.throwIfAborted();
    let file = findNode(this.#root, path);
    if (file?.type === "directory") throw new StorageError("is-a-directory", path);
    const { start } = options;
    if (file === undefined) {
      const parent = getParent(this.#root, path);
      if (start !== 0 && start !== "end") throw new StorageError("not-found", path);
      file = makeFileNode();
      placeNode(parent, path, file);
    }
    if (start !== "end" && start > file.size) throw new StorageError("not-supported", path);
    // Who goes on to write to a file that is removed meanwhile must not use up the room for good.
    const settle = (given: MemoryFile): void => {
      if (given.freed !== null) this.#forget(given);
    };
    const ending = { commit: settle, abort: settle };
    return new MemoryWriter(path, file, { start: start === "end" ? file.size : start, budget: this, ending });
  }

  async remove(path: string): Promise<void> {
    const file = this.#getFile(path);
    placeNode(getParent(this.#root, path), path, null);
    this.#forget(file);
  }

  async makeDirectory(path: string): Promise<void> {
    if (findNode(this.#root, path) !== undefined) throw new StorageError("exists", path);
    placeNode(getParent(this.#root, path), path, makeDirectoryNode());
  }

  async removeDirectory(path: string): Promise<void> {
    if (path === "/") throw new StorageError("no-permission", path);
    const node = getNode(this.#root, path);
    if (node.type === "file") throw new StorageError("not-a-directory", path);
    if (node.entries.size > 0) throw new StorageError("not-empty", path);
    placeNode(getParent(this.#root, path), path, null);
  }

  async rename(from: string, to: string): Promise<void> {
    if (from === "/") throw new StorageError("no-permission", from);
    const node = getNode(this.#root, from);
    if (from === to) return;
    if (node.type === "directory" && to.startsWith(`${from}/`)) throw new StorageError("invalid-name", to);
    const goal = findNode(this.#root, to);
    if (goal?.type === "directory" || (goal !== undefined && node.type === "directory")) {
      throw new StorageError("exists", to);
    }
    const parent = getParent(this.#root, to);
    placeNode(getParent(this.#root, from), from, null);
    placeNode(parent, to, node);
    this.#forget(goal);
  }

  async setTimes(path: string, times: { readonly modified?: number; readonly created?: number }): Promise<void> {
    const node = getNode(this.#root, path);
    if (times.modified !== undefined) node.modified = times.modified;
    else if (times.created !== undefined) throw new StorageError("not-supported", path);
  }

  async setMode(path: string, mode: number): Promise<void> {
    getNode(this.#root, path).mode = mode & 0o777;
  }

  /** None is kept. */
  digest(): Promise<null> {
    return Promise.resolve(null);
  }

  async space(path: string): Promise<number> {
    getNode(this.#root, path);
    return this.#maxBytes - this.#bytes;
  }

  #getFile(path: string): MemoryFile {
    const node = getNode(this.#root, path);
    if (node.type === "directory") throw new StorageError("is-a-directory", path);
    return node;
  }

  /** Of a file that is removed its bytes are free, though one who reads it still has them. */
  #forget(node: MemoryNode | undefined): void {
    if (node?.type !== "file") return;
    this.#bytes -= node.size - (node.freed ?? 0);
    node.freed = node.size;
  }
}
