import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { can, type DigestAlgorithm, type Storage, type StorageWait } from "./storage.js";

/** Options of {@link computeDigest}. */
export interface DigestOptions extends StorageWait {
  /** The first byte; default 0. */
  readonly start?: number | undefined;
  /** The byte behind the last one; default: the end of the file, wherever that is. */
  readonly end?: number | undefined;
}

/** A digest in the making. */
export interface RunningDigest {
  update(data: Uint8Array): void;
  /** The digest, as bytes, the most significant one first. To be called once. */
  digest(): Uint8Array;
}

/**
 * The digest of a file, or of a part of one: the storage's own where it has one, else by reading.
 *
 * @throws {StorageError} as `openRead` does. `signal.reason` when aborted.
 */
export async function computeDigest(
  storage: Storage,
  path: string,
  algorithm: DigestAlgorithm,
  options: DigestOptions = {},
): Promise<Uint8Array> {
  const { start = 0, end = Infinity, signal } = options;
  if (start === 0 && end === Infinity && can(storage, "digest")) {
    const known = await storage.digest(path, algorithm, { signal });
    if (known !== null) return known;
  }
  const running = createDigest(algorithm);
  const reader = await storage.openRead(path, { start, signal });
  try {
    let left = end - start;
    if (left <= 0) return running.digest();
    for await (const chunk of reader) {
      signal?.throwIfAborted();
      running.update(chunk.length > left ? chunk.subarray(0, left) : chunk);
      left -= chunk.length;
      if (left <= 0) break;
    }
    return running.digest();
  } finally {
    await reader.close();
  }
}

/** Begins a digest. */
export function createDigest(algorithm: DigestAlgorithm): RunningDigest {
  if (algorithm === "CRC32") return createCrc();
  const hash = createHash(algorithm.replace("-", "").toLowerCase());
  return {
    update: (data) => void hash.update(data),
    digest: () => hash.digest(),
  };
}

function createCrc(): RunningDigest {
  let value = 0;
  return {
    update(data) {
      value = crc32(data, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return bytes;
    },
  };
}
