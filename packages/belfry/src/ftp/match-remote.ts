import type { FtpContext } from "./context.js";
import { commandFailure, failed } from "./errors.js";
import { compileGlob, hasGlob } from "./glob.js";
import { isSafeName, quoted, remoteFolder, remoteName } from "./names.js";

/** A file on the server. */
export interface RemoteFile {
  /** As the server is to be asked for it. */
  readonly path: string;
  /** Its name alone: one that is safe to use on the local disk and to show. */
  readonly name: string;
}

/**
 * Finds the files that patterns mean, in order; those without a sign of a pattern are taken as they are.
 *
 * Directories are left out, and so, with a word about it, is a name that would lead out of the local directory.
 *
 * @throws {FtpFailure} when a pattern matches nothing, or the server lists a name that is not safe.
 */
export async function matchRemote(context: FtpContext, patterns: readonly string[]): Promise<RemoteFile[]> {
  const found = new Map<string, RemoteFile>();
  for (const pattern of patterns) {
    const matches = hasGlob(remoteName(pattern)) ? await matchOne(context, pattern) : [plain(pattern)];
    for (const file of matches) found.set(file.path, file);
  }
  return [...found.values()];
}

function plain(path: string): RemoteFile {
  const name = remoteName(path);
  if (!isSafeName(name)) throw commandFailure(`Cannot use ${quoted(path)}: it names no file`);
  return { path, name };
}

async function matchOne({ remote, signal, io }: FtpContext, pattern: string): Promise<RemoteFile[]> {
  const folder = remoteFolder(pattern);
  if (hasGlob(folder)) throw commandFailure(`Cannot use ${quoted(pattern)}: only its last part may hold * ? [`);
  const isWanted = compileGlob(remoteName(pattern));
  try {
    const listed = await remote().list(folder, signal);
    const exact = listed.filter(({ name }) => folder + name === pattern);
    const wanted = exact.length > 0 ? exact : listed.filter(({ name, isDirectory }) => !isDirectory && isWanted(name));
    const unsafe = wanted.filter(({ name }) => !isSafeName(name));
    for (const { name } of unsafe) {
      io.stderr.write(`belfry: Cannot use ${quoted(name)}, which the server lists: the name is not safe here\n`);
    }
    const safe = wanted.filter(({ name }) => isSafeName(name));
    if (safe.length === 0) throw commandFailure(`Cannot find ${quoted(pattern)}: nothing matches`);
    return safe.map(({ name }) => ({ path: folder + name, name }));
  } catch (error) {
    throw failed(`Cannot find ${quoted(pattern)}`, error);
  }
}
