import { Channel } from "@belfry/sync";
import type { Source } from "../src/source.js";

/** A Source that gives what the test puts in. */
export class ManualSource implements Source {
  readonly #chunks = new Channel<string>(64);
  isClosed = false;
  /** How often it was read. */
  reads = 0;

  put(text: string): void {
    this.#chunks.trySend(text);
  }

  end(): void {
    this.#chunks.close();
  }

  async read(options?: { readonly signal?: AbortSignal | undefined }): Promise<Uint8Array | null> {
    this.reads += 1;
    const { value, done } = await this.#chunks.receive({ signal: options?.signal });
    return done ? null : Buffer.from(value);
  }

  close(): void {
    this.isClosed = true;
  }
}
