import { EventEmitter, once } from "node:events";
import type { Sink } from "../src/sink.js";

/** A Sink that keeps what it is given. */
export class Collector implements Sink {
  readonly #chunks: Buffer[] = [];
  readonly #events = new EventEmitter();

  write(bytes: Uint8Array): void {
    this.#chunks.push(Buffer.from(bytes));
    this.#events.emit("write");
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return String(this.bytes);
  }

  /** Resolves once what was written ends in `text`. */
  async endsIn(text: string): Promise<void> {
    while (!this.text.endsWith(text)) await once(this.#events, "write");
  }
}
