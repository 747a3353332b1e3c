import { isPromptWriter } from "../storage/prompt-writer.js";
import type { FileWriter } from "../storage/storage.js";

/** The writes under way at one file. */
export class Writes {
  readonly #writer: FileWriter;
  readonly #onFailure: () => void;
  #count = 0;
  #bytes = 0;
  #failure: { readonly error: unknown } | null = null;
  #resolve: (() => void) | null = null;
  #reject: (error: unknown) => void = () => {};

  /** @param onFailure called once, at the first failure. */
  constructor(writer: FileWriter, onFailure: () => void) {
    this.#writer = writer;
    this.#onFailure = onFailure;
  }

  /** Writes under way. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of them. */
  get bytes(): number {
    return this.#bytes;
  }

  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  /** Whether {@link tryNow} writes, once none is under way. */
  get isPrompt(): boolean {
    return this.#failure === null && isPromptWriter(this.#writer) && this.#writer.isPrompt;
  }

  /** Writes `data` before it returns; `false` when the writer would have to wait. @throws what the writer does. */
  tryNow(data: Uint8Array): boolean {
    if (!isPromptWriter(this.#writer)) return false;
    try {
      return this.#writer.tryWrite(data);
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  /** Begins one; `release` is called when `data` is free again, well or not. */
  start(data: Uint8Array, release?: () => void): void {
    this.#count += 1;
    this.#bytes += data.byteLength;
    this.#writer.write(data).then(
      () => this.#ended(data, release),
      (error: unknown) => {
        this.fail(error);
        this.#ended(data, release);
      },
    );
  }

  /** Gives up: whoever waits is turned away with `error`, unless a write has failed before. */
  fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    this.#resolve = null;
    this.#reject(error);
    this.#onFailure();
  }

  /**
   * Resolves when the next write is through. One task waits at a time, and only while a write is under way.
   *
   * @throws what the first write that failed did, at once.
   */
  next(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure.error);
        return;
      }
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Resolves when none is under way. Throws what {@link next} throws. */
  async settle(): Promise<void> {
    while (this.#count > 0 || this.#failure !== null) await this.next();
  }

  #ended(data: Uint8Array, release: (() => void) | undefined): void {
    this.#count -= 1;
    this.#bytes -= data.byteLength;
    release?.();
    const resolve = this.#resolve;
    this.#resolve = null;
    resolve?.();
  }
}
