import { ReplyError } from "../protocol/reply.js";
import { StorageError } from "../storage/storage-error.js";
import type { StorageErrorCode } from "../storage/storage-error.js";

/**
 * The reply to each way a storage may fail (RFC 959 §4.2.2, §5.4). The texts are ours: what the machine said would show
 * the client where on the server its files are.
 */
const REPLIES: { readonly [C in StorageErrorCode]: readonly [code: number, text: string] } = {
  "not-found": [550, "No such file or directory"],
  exists: [550, "It exists already"],
  "not-a-directory": [550, "Not a directory"],
  "is-a-directory": [550, "It is a directory"],
  "not-empty": [550, "The directory is not empty"],
  "no-permission": [550, "Permission denied"],
  "invalid-name": [553, "Such a name cannot be used here"],
  "no-space": [452, "No space left"],
  "over-quota": [552, "Over the quota"],
  "not-supported": [504, "The storage cannot do that"],
  "too-many": [450, "Too many files are open: try again later"],
  failed: [451, "The storage failed"],
};

/** A storage's failure as what the client is answered with, and it as the cause. */
export function storageReply(error: StorageError): ReplyError {
  const [code, text] = REPLIES[error.code];
  return new ReplyError(code, text, { cause: error });
}

/** Whether `error` is a storage's, of one of these kinds. */
export function isStorageError(error: unknown, ...codes: readonly StorageErrorCode[]): error is StorageError {
  return error instanceof StorageError && codes.includes(error.code);
}
