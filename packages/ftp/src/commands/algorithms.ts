import type { DigestAlgorithm } from "../storage/storage.js";

/** The digests of HASH, in the order FEAT names them. */
export const ALGORITHMS: readonly DigestAlgorithm[] = ["SHA-256", "SHA-512", "SHA-1", "MD5", "CRC32"];

/** The algorithm of that name, in any case; `null` when there is none. */
export function findAlgorithm(name: string): DigestAlgorithm | null {
  return ALGORITHMS.find((algorithm) => algorithm === name.toUpperCase()) ?? null;
}
