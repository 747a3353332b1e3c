/**
 * Small pieces of bytes are cut from slabs: a fresh ArrayBuffer for each read halves the throughput of small messages
 * (nodejs/node#25436). A slab stays small, for one kept piece keeps its slab alive.
 */
const SLAB_SIZE = 16_384;

/** Longer pieces get memory of their own. */
export const LARGEST_SMALL = 2_048;

let slab = Buffer.allocUnsafeSlow(SLAB_SIZE);
let used = 0;

/** A copy of `source` that belongs to the caller. */
export function keep(source: Uint8Array): Buffer {
  const length = source.byteLength;
  if (length > LARGEST_SMALL) {
    const copy = Buffer.allocUnsafeSlow(length);
    copy.set(source);
    return copy;
  }
  const start = reserve(length);
  slab.set(source, start);
  return slab.subarray(start, start + length);
}

/** Copies at most {@link LARGEST_SMALL} bytes into the current slab and says where they start there. */
export function appendToSlab(bytes: Uint8Array): number {
  const start = reserve(bytes.byteLength);
  slab.set(bytes, start);
  return start;
}

/** The slab that the last piece was put into. */
export function currentSlab(): Buffer {
  return slab;
}

function reserve(length: number): number {
  if (used + length > SLAB_SIZE) {
    slab = Buffer.allocUnsafeSlow(SLAB_SIZE);
    used = 0;
  }
  const start = used;
  used += length;
  return start;
}
