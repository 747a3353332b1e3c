/** Why a storage could not do something. Each has one FTP reply; see `storage-replies.ts` beside the commands. */
export type StorageErrorCode =
  | "not-found"
  | "exists"
  | "not-a-directory"
  | "is-a-directory"
  | "not-empty"
  | "no-permission"
  | "invalid-name"
  | "no-space"
  | "over-quota"
  | "not-supported"
  | "too-many"
  | "failed";

/**
 * What a storage rejects with. `path` is the path the caller gave, never one of the machine below; what the machine
 * said is the `cause`, and no client sees it.
 */
export class StorageError extends Error {
  readonly code: StorageErrorCode;
  readonly path: string;

  constructor(code: StorageErrorCode, path: string, options?: ErrorOptions) {
    super(`Cannot use ${JSON.stringify(path)}: ${TEXTS[code]}`, options);
    this.name = "StorageError";
    this.code = code;
    this.path = path;
  }
}

const TEXTS: { readonly [C in StorageErrorCode]: string } = {
  "not-found": "no such file or directory",
  exists: "it exists already",
  "not-a-directory": "not a directory",
  "is-a-directory": "it is a directory",
  "not-empty": "the directory is not empty",
  "no-permission": "no permission",
  "invalid-name": "a name that cannot be used here",
  "no-space": "no space left",
  "over-quota": "over the quota",
  "not-supported": "this storage cannot do that",
  "too-many": "too many open files",
  failed: "the storage failed",
};
