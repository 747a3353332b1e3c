const NONE = Buffer.alloc(0);

/**
 * The bytes of a stream that were read and not yet handed out.
 *
 * Memory that was handed out is never written again, so frames may be views of it.
 */
export class FrameBuffer {
  #bytes: Buffer = NONE;
  #start = 0;
  #end = 0;

  /** Bytes that wait here. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** Takes over `chunk`, which must not be changed any more. */
  append(chunk: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      this.#start = 0;
      this.#end = chunk.length;
      return;
    }
    if (this.#bytes.length - this.#end < chunk.length) this.#grow(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** A view of what waits here, or of its part from `from` to `to`. */
  view(from = 0, to = this.size): Buffer {
    return this.#bytes.subarray(this.#start + from, this.#start + to);
  }

  /** Removes the first `length` bytes. */
  skip(length: number): void {
    this.#start += length;
    if (this.#start !== this.#end) return;
    // An idle stream keeps no memory alive.
    this.#bytes = NONE;
    this.#start = 0;
    this.#end = 0;
  }

  /** Removes the first `length` bytes and returns them. */
  take(length: number): Uint8Array {
    const { buffer, byteOffset } = this.#bytes;
    const taken = new Uint8Array(buffer, byteOffset + this.#start, length);
    this.skip(length);
    return taken;
  }

  /** Doubles, so that a frame arriving byte by byte costs no more copying than its length. */
  #grow(more: number): void {
    const size = this.size;
    const grown = Buffer.allocUnsafeSlow(size + Math.max(size, more));
    this.#bytes.copy(grown, 0, this.#start, this.#end);
    this.#bytes = grown;
    this.#start = 0;
    this.#end = size;
  }
}
