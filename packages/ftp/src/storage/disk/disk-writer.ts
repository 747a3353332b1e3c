import type { PromptWriter } from "../prompt-writer.js";
import { toStorageError } from "./system-errors.js";
import type { WriteQueue } from "./write-queue.js";

/** What becomes of a file once its writer is through. Both close it. */
export interface Ending {
  /** May fail in the middle; then {@link abort} follows. */
  commit(): Promise<void>;
  /** Never rejects; may come after a `commit` that failed. */
  abort(): Promise<void>;
}

/** Writes through a queue, then ends one way or the other, once. */
export class DiskWriter implements PromptWriter {
  readonly #queue: WriteQueue;
  readonly #ending: Ending;
  readonly #path: string;
  #committing: Promise<void> | null = null;
  #aborting: Promise<void> | null = null;

  constructor(path: string, queue: WriteQueue, ending: Ending) {
    this.#path = path;
    this.#queue = queue;
    this.#ending = ending;
  }

  write(data: Uint8Array): Promise<void> {
    return this.#queue.write(data);
  }

  get isPrompt(): boolean {
    return this.#queue.isPrompt;
  }

  tryWrite(data: Uint8Array): boolean {
    return this.#queue.tryWrite(data);
  }

  commit(): Promise<void> {
    this.#committing ??= this.#commit();
    return this.#committing;
  }

  async abort(): Promise<void> {
    // Once it has committed there is nothing to give up; and one that fails aborts by itself.
    if (this.#committing !== null) await this.#committing.catch(() => {});
    else await this.#abort();
  }

  async #commit(): Promise<void> {
    try {
      if (this.#aborting !== null) await this.#queue.stop();
      await this.#queue.drain();
      await this.#ending.commit();
      await this.#queue.stop();
    } catch (error) {
      await this.#abort();
      throw toStorageError(error, this.#path);
    }
  }

  #abort(): Promise<void> {
    this.#aborting ??= this.#queue.stop().then(() => this.#ending.abort());
    return this.#aborting;
  }
}
