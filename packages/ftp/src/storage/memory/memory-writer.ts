import type { FileWriter } from "../storage.js";
import { StorageError } from "../storage-error.js";
import type { MemoryFile } from "./tree.js";

/** Counts the bytes that a storage holds. */
export interface MemoryBudget {
  /** @throws {StorageError} `no-space` when there is no room for so many more; a negative number gives back. */
  take(bytes: number, path: string): void;
}

/** What becomes of a written file. */
export interface MemoryEnding {
  /** @throws {StorageError} when it cannot be put in its place. */
  commit(file: MemoryFile): void;
  abort(file: MemoryFile): void;
}

/** Writes into a file in memory from a place on. */
export class MemoryWriter implements FileWriter {
  readonly #path: string;
  readonly #file: MemoryFile;
  readonly #budget: MemoryBudget;
  readonly #ending: MemoryEnding;
  #position: number;
  #failure: StorageError | null = null;
  #isOver = false;

  constructor(path: string, file: MemoryFile, options: { start: number; budget: MemoryBudget; ending: MemoryEnding }) {
    this.#path = path;
    this.#file = file;
    this.#position = options.start;
    this.#budget = options.budget;
    this.#ending = options.ending;
  }

  async write(data: Uint8Array): Promise<void> {
    if (this.#isOver) throw new StorageError("failed", this.#path);
    if (this.#failure !== null) throw this.#failure;
    const end = this.#position + data.length;
    try {
      this.#grow(end);
    } catch (error) {
      this.#failure = error as StorageError;
      throw error;
    }
    this.#file.content.set(data, this.#position);
    this.#position = end;
    this.#file.modified = Date.now();
  }

  async commit(): Promise<void> {
    if (this.#isOver) throw new StorageError("failed", this.#path);
    try {
      if (this.#failure !== null) throw this.#failure;
      this.#ending.commit(this.#file);
      this.#isOver = true;
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async abort(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ending.abort(this.#file);
  }

  #grow(end: number): void {
    const file = this.#file;
    if (end <= file.size) return;
    this.#budget.take(end - file.size, this.#path);
    if (end > file.content.length) {
      const content = new Uint8Array(Math.max(end, file.content.length * 2));
      content.set(file.content.subarray(0, file.size));
      file.content = content;
    }
    file.size = end;
  }
}
