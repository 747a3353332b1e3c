import { ReplyError, reply } from "../protocol/reply.js";
import { formatTime } from "../protocol/date.js";
import type { Reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import { StorageError } from "../storage/storage-error.js";
import { can } from "../storage/storage.js";
import { isAllowed } from "../users/permissions.js";
import { setModified, splitTimeAndPath } from "./facts.js";
import { isThere, isVisible, statFile } from "./stat-file.js";
import { whereStorageCan } from "./where-storage-can.js";
import type { Verb } from "./verb.js";

/** What is done with one file: DELE, RNFR, RNTO, SIZE, MDTM, AVBL. */
export const FILE_VERBS: readonly Verb[] = [
  {
    name: "DELE",
    syntax: "<SP> pathname",
    argument: "path",
    permission: "delete",
    source: "RFC 959 §4.1.3",
    help: "Deletes a file.",
    run: remove,
  },
  {
    name: "RNFR",
    syntax: "<SP> pathname",
    argument: "path",
    permission: "rename",
    source: "RFC 959 §4.1.3",
    help: "Names what is to be renamed by the RNTO behind it.",
    run: renameFrom,
  },
  {
    name: "RNTO",
    syntax: "<SP> pathname",
    argument: "path",
    permission: "rename",
    source: "RFC 959 §4.1.3",
    help: "Renames what the RNFR ahead of it named.",
    run: renameTo,
  },
  {
    name: "SIZE",
    syntax: "<SP> pathname",
    argument: "path",
    permission: "list",
    source: "RFC 3659 §4",
    help: "Tells the bytes of a file as TYPE I transfers it.",
    feature: "SIZE",
    run: tellSize,
  },
  {
    name: "MDTM",
    syntax: "[<SP> YYYYMMDDHHMMSS] <SP> pathname",
    argument: "text",
    permission: "list",
    source: "RFC 3659 §3",
    help: "Tells when a file was last changed; with a time, sets that, as old clients do.",
    feature: "MDTM",
    run: tellOrSetTime,
  },
  {
    name: "AVBL",
    syntax: "[<SP> pathname]",
    argument: "path",
    isOptional: true,
    permission: "list",
    source: "draft-peterson-streamlined-ftp-command-extensions-10",
    help: "Tells the bytes that can still be stored in a directory.",
    feature: whereStorageCan("space", "AVBL"),
    run: tellSpace,
  },
];

async function remove(session: Session, path: string): Promise<Reply> {
  await session.before("delete", path);
  await session.storage.remove(path);
  session.emit("delete", () => ({ session: session.info(), user: session.account.name, path }));
  return reply(250, "File deleted");
}

async function renameFrom({ storage, signal, state }: Session, path: string): Promise<Reply> {
  if (!can(storage, "rename")) throw new ReplyError(502, "This storage cannot rename");
  if (path === "/") throw new StorageError("no-permission", path);
  await storage.stat(path, { signal });
  state.renameFrom = path;
  return reply(350, "Send the new name with RNTO");
}

async function renameTo(session: Session, to: string): Promise<Reply> {
  const { storage, state } = session;
  const from = state.renameFrom;
  state.renameFrom = null;
  if (from === null) throw new ReplyError(503, "Send RNFR first");
  if (!can(storage, "rename")) throw new ReplyError(502, "This storage cannot rename");
  await checkReplacement(session, to);
  await session.before("rename", from, to);
  await storage.rename(from, to);
  session.emit("rename", () => ({ session: session.info(), user: session.account.name, path: from, to }));
  return reply(250, "Renamed");
}

/** A rename may end a file that has the new name, which takes the permission to write over it. */
async function checkReplacement(session: Session, to: string): Promise<void> {
  if (isAllowed(session.account.permissions, "overwrite", to)) return;
  if (await isThere(session, to)) throw new StorageError("exists", to);
}

async function tellSize(session: Session, path: string): Promise<Reply> {
  // RFC 3659 §4: the size depends on TYPE, and in TYPE A only reading the whole file could tell it.
  if (session.state.form.type === "A") throw new ReplyError(550, "SIZE is told in TYPE I only");
  return reply(213, String((await statFile(session, path)).size));
}

async function tellOrSetTime(session: Session, argument: string): Promise<Reply> {
  const change = splitTimeAndPath(argument);
  // A file whose own name begins like a time is that file.
  if (change !== null && !(await isVisible(session, session.resolve(argument)))) {
    await setModified(session, session.resolve(change.path), change.time);
    return reply(213, formatTime(change.time));
  }
  const path = session.resolve(argument);
  session.authorize("list", path);
  const { modified } = await statFile(session, path);
  // RFC 3659 §2.3 lets a fraction follow, which clients that read fourteen digits do not expect.
  return reply(213, formatTime(Math.floor(modified / 1000) * 1000));
}

async function tellSpace({ storage }: Session, path: string): Promise<Reply> {
  if (!can(storage, "space")) throw new ReplyError(502, "This storage does not tell its space");
  return reply(213, String(await storage.space(path)));
}
