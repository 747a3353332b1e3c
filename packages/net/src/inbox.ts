/** Bytes that have arrived and nobody took, in the chunks they came in. */
export class Inbox {
  /** Bytes held. */
  size = 0;
  #chunks: Uint8Array[] = [];

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.size += chunk.byteLength;
  }

  /** Puts a chunk back at the front. */
  unshift(chunk: Uint8Array): void {
    this.#chunks.unshift(chunk);
    this.size += chunk.byteLength;
  }

  /** Takes the first chunk, or the first `max` bytes of it. The caller has made sure that there is one. */
  take(max: number): Uint8Array {
    const first = this.#chunks[0] as Uint8Array;
    if (first.byteLength <= max) {
      this.#chunks.shift();
      this.size -= first.byteLength;
      return first;
    }
    this.#chunks[0] = first.subarray(max);
    this.size -= max;
    return first.subarray(0, max);
  }

  clear(): void {
    this.#chunks = [];
    this.size = 0;
  }
}
