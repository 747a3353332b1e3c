/**
 * A block of memory and its leading parts by length: making a view costs more than copying a small message, so each is
 * made once.
 */
export class Views {
  /** The longest part that is remembered. */
  static readonly longest = 2_048;
  readonly block: Buffer;
  readonly #parts: Buffer[] = [];

  constructor(size: number) {
    this.block = Buffer.allocUnsafeSlow(size);
  }

  /** The first `length` bytes of the block. */
  first(length: number): Buffer {
    if (length > Views.longest) return this.block.subarray(0, length);
    return (this.#parts[length] ??= this.block.subarray(0, length));
  }
}
