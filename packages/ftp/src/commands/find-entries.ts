import { compileGlob, hasGlob } from "../protocol/glob.js";
import { nameOf, parentOf } from "../protocol/path.js";
import type { Session } from "../session/session.js";
import type { FileInfo, InfoField } from "../storage/storage.js";
import { inOrder } from "./in-order.js";
import { OpenedList } from "./opened-list.js";
import { isStorageError } from "./storage-replies.js";

/** What a LIST, NLST or STAT argument names. */
export interface Entries {
  readonly list: OpenedList;
  /** The virtual path of the directory it lists, or of the one entry. */
  readonly path: string;
  /** What goes before each name so that it is a path the client may use: the directory as the client wrote it. */
  readonly prefix: string;
  /** Whether it is the content of a directory. */
  readonly isDirectory: boolean;
}

/** How entries are to be found. */
export interface Finding {
  /** A directory is to be listed itself, not its content. */
  readonly isSelf: boolean;
  /** What is wanted of each beside name and type. */
  readonly fields: readonly InfoField[];
}

/**
 * Finds what a client's argument names: the content of a directory, a file, or what a pattern in the last part of the path
 * matches. What is there under a name is found by it before the name is taken for a pattern.
 *
 * @param argument without switches; empty for the working directory.
 * @throws {StorageError} `not-found` when there is nothing, or nothing that matches.
 */
export async function findEntries(session: Session, argument: string, { isSelf, fields }: Finding): Promise<Entries> {
  const { signal, storage } = session;
  const path = argument === "" ? session.state.directory : session.resolve(argument);
  session.authorize("list", path);
  await session.before("list", path);
  const prefix = argument.slice(0, argument.lastIndexOf("/") + 1);
  try {
    if (!isSelf) return await findContent(session, argument, { path, fields });
  } catch (error) {
    if (isStorageError(error, "not-found") && hasGlob(nameOf(path)))
      return findMatches(session, prefix, { path, fields });
    if (!isStorageError(error, "not-a-directory")) throw error;
  }
  const list = await OpenedList.of(await storage.stat(path, { signal }));
  return { list, path, prefix, isDirectory: false };
}

interface Place {
  /** The virtual path. */
  readonly path: string;
  readonly fields: readonly InfoField[];
}

async function findContent({ storage, signal }: Session, argument: string, { path, fields }: Place): Promise<Entries> {
  const list = await OpenedList.open(inOrder(storage.list(path, { signal, fields })));
  const isHere = argument === "" || argument === ".";
  const prefix = isHere || argument.endsWith("/") ? argument.replace(/^\.$/, "") : `${argument}/`;
  return { list, path, prefix, isDirectory: true };
}

async function findMatches(session: Session, prefix: string, { path, fields }: Place): Promise<Entries> {
  const { storage, signal } = session;
  const directory = parentOf(path);
  session.authorize("list", directory);
  const matches = compileGlob(nameOf(path));
  const list = await OpenedList.open(inOrder(filter(storage.list(directory, { signal, fields }), matches)));
  // Nothing that matches is nothing found.
  if (list.isEmpty) await storage.stat(path, { signal });
  return { list, path: directory, prefix, isDirectory: false };
}

async function* filter(
  batches: AsyncIterable<readonly FileInfo[]>,
  matches: (name: string) => boolean,
): AsyncGenerator<readonly FileInfo[]> {
  for await (const batch of batches) {
    const found = batch.filter(({ name }) => matches(name));
    if (found.length > 0) yield found;
  }
}
