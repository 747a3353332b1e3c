/** Sizes that are lent, in bytes. */
export const BUFFER_SIZES = [65_536, 131_072, 262_144, 524_288, 1_048_576] as const;

const [SMALLEST, , , , LARGEST] = BUFFER_SIZES;

/** Options of {@link BufferPool}, in bytes. */
export interface BufferPoolOptions {
  /** Lent at a time, beyond which each share gets one piece of the smallest size. Default 128 MiB. */
  readonly maxLent?: number | undefined;
  /** Kept while nobody has a share; each share adds the largest size. Default 16 MiB. */
  readonly maxKept?: number | undefined;
}

/**
 * Buffers that are used again, since fresh pages cost as much as what is copied into them and give the garbage
 * collector much to do, and a bound on how many bytes of them there are.
 *
 * Whoever has a share may hold its part of the bound: few transfers get what makes them fast, and many get pieces of
 * one size, as large as that of each may be.
 */
export class BufferPool {
  readonly #maxLent: number;
  readonly #maxKept: number;
  readonly #kept = new Map<number, Buffer[]>(BUFFER_SIZES.map((size) => [size, []]));
  #bytesKept = 0;
  #bytesLent = 0;
  #shares = 0;

  constructor(options: BufferPoolOptions = {}) {
    this.#maxLent = options.maxLent ?? 134_217_728;
    this.#maxKept = options.maxKept ?? 16_777_216;
  }

  /** Bytes that are lent. */
  get bytesLent(): number {
    return this.#bytesLent;
  }

  /** Bytes that wait for the next borrower. */
  get bytesKept(): number {
    return this.#bytesKept;
  }

  /** Bytes that each share may hold now. */
  get allowance(): number {
    return Math.floor(this.#maxLent / Math.max(1, this.#shares));
  }

  /** Gives one more borrower a share. It is closed when nothing more will be taken. */
  share(): BufferShare {
    this.#shares += 1;
    let isOpen = true;
    return new BufferShare(this, () => {
      if (!isOpen) return;
      isOpen = false;
      this.#shares -= 1;
      this.#trim(LARGEST);
    });
  }

  /** For {@link BufferShare.take}: the same, for a share that holds `held` bytes. */
  lend(wanted: number, held: number): Buffer | null {
    const { allowance } = this;
    const left = this.#maxLent - this.#bytesLent;
    const most = Math.min(allowance, left);
    let size: number = SMALLEST;
    for (const candidate of BUFFER_SIZES) if (size < wanted && candidate <= most) size = candidate;
    if (held > 0 && (held + size > allowance || size > left)) return null;
    this.#bytesLent += size;
    const buffer = this.#kept.get(size)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.#bytesKept -= size;
    return buffer;
  }

  /** For {@link BufferShare.give}. */
  take(buffer: Buffer): void {
    this.#bytesLent -= buffer.byteLength;
    this.#bytesKept += buffer.byteLength;
    this.#kept.get(buffer.byteLength)?.push(buffer);
    this.#trim(buffer.byteLength);
  }

  /** Drops what is too much, of `size` last: this one is in use. */
  #trim(size: number): void {
    const more = Math.min(this.#shares * LARGEST, Math.max(0, this.#maxLent - this.#bytesLent));
    const limit = this.#maxKept + more;
    if (this.#bytesKept <= limit) return;
    for (const other of [...BUFFER_SIZES.filter((candidate) => candidate !== size), size]) {
      const shelf = this.#kept.get(other) ?? [];
      while (this.#bytesKept > limit && shelf.pop() !== undefined) this.#bytesKept -= other;
    }
  }
}

/** What one borrower may hold of a {@link BufferPool}. */
export class BufferShare {
  readonly #pool: BufferPool;
  readonly #onClose: () => void;
  #held = 0;

  /** Made by {@link BufferPool.share}. */
  constructor(pool: BufferPool, onClose: () => void) {
    this.#pool = pool;
    this.#onClose = onClose;
  }

  /** Bytes it may hold now: fewer the more shares there are. */
  get allowance(): number {
    return this.#pool.allowance;
  }

  /**
   * Lends a buffer with whatever was in it: the smallest that holds `wanted` bytes, or the largest to be had.
   *
   * @param wanted bytes.
   * @returns `null` when the share holds all it may. Who holds nothing is given something in any case.
   */
  take(wanted: number): Buffer | null {
    const buffer = this.#pool.lend(wanted, this.#held);
    if (buffer !== null) this.#held += buffer.byteLength;
    return buffer;
  }

  /** Takes back a buffer that nobody reads or fills any more; also after {@link close}. */
  give(buffer: Buffer): void {
    this.#held -= buffer.byteLength;
    this.#pool.take(buffer);
  }

  /** Leaves what it may hold to the others. Idempotent. */
  close(): void {
    this.#onClose();
  }
}

/** What all transfers of the process read into. */
export const transferBuffers = new BufferPool();
