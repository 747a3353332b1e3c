import type { FileInfo, FileReader } from "../storage.js";

const END: IteratorResult<Uint8Array, undefined> = { done: true, value: undefined };

/** A small file, read already and closed. */
export class SmallReader implements FileReader, AsyncIterator<Uint8Array, undefined> {
  readonly info: FileInfo;
  readonly content: Uint8Array;
  #isOver: boolean;

  constructor(info: FileInfo, content: Uint8Array) {
    this.info = info;
    this.content = content;
    this.#isOver = content.length === 0;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#isOver) return Promise.resolve(END);
    this.#isOver = true;
    return Promise.resolve({ done: false, value: this.content });
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    return this.close().then(() => END);
  }

  close(): Promise<void> {
    this.#isOver = true;
    return Promise.resolve();
  }
}
