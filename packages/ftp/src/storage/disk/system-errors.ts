import { StorageError, type StorageErrorCode } from "../storage-error.js";

const CODES: Readonly<Record<string, StorageErrorCode>> = {
  ENOENT: "not-found",
  // Of a path that leads through a file; where a directory itself was asked for, its type is looked at.
  ENOTDIR: "not-found",
  ELOOP: "not-found",
  ESTALE: "not-found",
  EEXIST: "exists",
  EISDIR: "is-a-directory",
  ENOTEMPTY: "not-empty",
  EBUSY: "no-permission",
  EACCES: "no-permission",
  EPERM: "no-permission",
  EROFS: "no-permission",
  ETXTBSY: "no-permission",
  ENAMETOOLONG: "invalid-name",
  EILSEQ: "invalid-name",
  EINVAL: "invalid-name",
  ERR_INVALID_ARG_VALUE: "invalid-name",
  ENOSPC: "no-space",
  EFBIG: "no-space",
  EDQUOT: "over-quota",
  EMFILE: "too-many",
  ENFILE: "too-many",
  EMLINK: "too-many",
  ENOTSUP: "not-supported",
  EOPNOTSUPP: "not-supported",
  ENOSYS: "not-supported",
  ENXIO: "not-supported",
  EXDEV: "not-supported",
};

/** What was thrown below, as storages tell it; a `StorageError` stays what it is. */
export function toStorageError(error: unknown, path: string): StorageError {
  if (error instanceof StorageError) return error;
  return new StorageError(CODES[errorCode(error)] ?? "failed", path, { cause: error });
}

/** The system's name of an error; `""` of what has none. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}
