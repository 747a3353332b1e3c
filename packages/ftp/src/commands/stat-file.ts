import { ReplyError } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import type { FileInfo } from "../storage/storage.js";
import { isAllowed } from "../users/permissions.js";
import { isStorageError } from "./storage-replies.js";

/**
 * What is known of a plain file.
 *
 * @param code of the refusal for a directory. Default 550.
 * @throws {ReplyError} for what is no plain file; {@link StorageError}.
 */
export async function statFile({ storage, signal }: Session, path: string, code = 550): Promise<FileInfo> {
  const info = await storage.stat(path, { signal });
  if (info.type !== "file") throw notPlain(code);
  return info;
}

/** What a storage throws that cannot open `path`, as the refusal of a pipe or a device where it is one; else as it is. */
export async function openError({ storage, signal }: Session, path: string, error: unknown): Promise<unknown> {
  if (!isStorageError(error, "not-supported")) return error;
  const info = await storage.stat(path, { signal }).catch(() => null);
  return info?.type === "other" ? notPlain(550) : error;
}

/** Whether there is something at `path`, whoever asks. */
export async function isThere({ storage, signal }: Session, path: string): Promise<boolean> {
  try {
    await storage.stat(path, { signal });
    return true;
  } catch (error) {
    if (isStorageError(error, "not-found", "not-a-directory", "invalid-name")) return false;
    throw error;
  }
}

/** Whether there is something at `path` that the account may see; what it may not see is not told by any difference. */
export async function isVisible(session: Session, path: string): Promise<boolean> {
  return isAllowed(session.account.permissions, "list", path) && (await isThere(session, path));
}

function notPlain(code: number): ReplyError {
  return new ReplyError(code, "Not a plain file");
}
