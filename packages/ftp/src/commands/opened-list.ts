import type { FileInfo } from "../storage/storage.js";

/**
 * A listing whose first batch is there, so that what cannot be listed is known before 150 is sent. Iterated once; to be
 * closed, iterated or not.
 */
export class OpenedList implements AsyncIterable<readonly FileInfo[]> {
  readonly #iterator: AsyncIterator<readonly FileInfo[]>;
  #first: IteratorResult<readonly FileInfo[]> | null;

  private constructor(iterator: AsyncIterator<readonly FileInfo[]>, first: IteratorResult<readonly FileInfo[]>) {
    this.#iterator = iterator;
    this.#first = first;
  }

  /** @throws what the listing rejects with before its first batch. */
  static async open(batches: AsyncIterable<readonly FileInfo[]>): Promise<OpenedList> {
    const iterator = batches[Symbol.asyncIterator]();
    return new OpenedList(iterator, await iterator.next());
  }

  /** One entry alone. */
  static of(info: FileInfo): Promise<OpenedList> {
    return OpenedList.open(once([info]));
  }

  /** Whether there is nothing in it at all; asked before it is iterated. */
  get isEmpty(): boolean {
    return this.#first?.done === true;
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly FileInfo[]> {
    return {
      next: () => {
        const first = this.#first;
        if (first === null) return this.#iterator.next();
        // An end stays: a finished iterator may be asked again.
        if (first.done !== true) this.#first = null;
        return Promise.resolve(first);
      },
      return: async () => {
        await this.close();
        return { done: true, value: undefined };
      },
    };
  }

  /** Releases it, also in the middle. Idempotent, never rejects. */
  async close(): Promise<void> {
    try {
      await this.#iterator.return?.();
    } catch {
      // What it could not release is the storage's affair; nobody waits for the entries any more.
    }
  }
}

async function* once(batch: readonly FileInfo[]): AsyncGenerator<readonly FileInfo[]> {
  yield batch;
}
