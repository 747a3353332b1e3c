import type { FileInfo, FileReader } from "../storage.js";
import type { MemoryFile } from "./tree.js";

const CHUNK = 65_536;

/** Reads a file in memory; also one that has been removed or replaced meanwhile. */
export class MemoryReader implements FileReader {
  readonly info: FileInfo;
  readonly #file: MemoryFile;
  #position: number;
  #isClosed = false;

  constructor(info: FileInfo, file: MemoryFile, start: number) {
    this.info = info;
    this.#file = file;
    this.#position = start;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    while (!this.#isClosed && this.#position < this.#file.size) {
      const end = Math.min(this.#file.size, this.#position + CHUNK);
      const chunk = this.#file.content.subarray(this.#position, end);
      this.#position = end;
      yield chunk;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}
