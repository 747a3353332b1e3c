import { appendToSlab, currentSlab, LARGEST_SMALL } from "./slab.js";

/**
 * Writes on their way to becoming one: text is joined as text, small pieces are copied side by side into a slab, large
 * ones are kept by reference.
 */
export class Joiner {
  /** What is held, in bytes for arrays and UTF-16 units for text: a bound, cheap to keep. */
  size = 0;
  #text = "";
  #pieces: Uint8Array[] = [];
  /** The slab that the last small pieces stand in, from `#start` to `#end`; not yet among the pieces. */
  #slab: Buffer | null = null;
  #start = 0;
  #end = 0;

  /** @returns whether `data` was copied, so that its array is free again. */
  add(data: Uint8Array | string): boolean {
    this.size += data.length;
    if (typeof data === "string") {
      if (this.#isTextOnly()) this.#text += data;
      else this.#addBytes(Buffer.from(data));
      return true;
    }
    if (this.#text !== "") {
      const text = Buffer.from(this.#text);
      this.#text = "";
      this.#addBytes(text);
    }
    return this.#addBytes(data);
  }

  /** The bytes held, exactly. */
  get byteLength(): number {
    const pieces = this.#pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    return Buffer.byteLength(this.#text) + pieces + (this.#end - this.#start);
  }

  /** Gives everything up, in order. */
  take(): string | Uint8Array | Uint8Array[] {
    this.size = 0;
    if (this.#isTextOnly()) {
      const text = this.#text;
      this.#text = "";
      return text;
    }
    this.#closeRun();
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces.length === 1 ? (pieces[0] as Uint8Array) : pieces;
  }

  #isTextOnly(): boolean {
    return this.#slab === null && this.#pieces.length === 0;
  }

  #addBytes(bytes: Uint8Array): boolean {
    if (bytes.byteLength > LARGEST_SMALL) {
      this.#closeRun();
      this.#pieces.push(bytes);
      return false;
    }
    const start = appendToSlab(bytes);
    const slab = currentSlab();
    if (slab !== this.#slab || start !== this.#end) {
      this.#closeRun();
      this.#slab = slab;
      this.#start = start;
    }
    this.#end = start + bytes.byteLength;
    return true;
  }

  #closeRun(): void {
    if (this.#slab === null) return;
    this.#pieces.push(this.#slab.subarray(this.#start, this.#end));
    this.#slab = null;
    this.#start = 0;
    this.#end = 0;
  }
}
