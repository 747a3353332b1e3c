import { randomBytes } from "node:crypto";
import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import { nameOf, parentOf, resolvePath } from "../protocol/path.js";
import type { Session } from "../session/session.js";
import { can } from "../storage/storage.js";
import type { FileWriter } from "../storage/storage.js";
import { isAllowed } from "../users/permissions.js";
import { beyondEnd, planDownload, restartError } from "./download.js";
import { takeRestart } from "./restart.js";
import { openError, statFile } from "./stat-file.js";
import { isStorageError } from "./storage-replies.js";
import { planUpload } from "./upload.js";
import type { Verb } from "./verb.js";

/** Files over the data connection, and what goes with that: RETR, STOR, STOU, APPE, REST, ALLO, ABOR. */
export const TRANSFER_VERBS: readonly Verb[] = [
  {
    name: "RETR",
    syntax: "<SP> pathname",
    argument: "path",
    needsData: true,
    permission: "read",
    source: "RFC 959 §4.1.3",
    help: "Sends a file to the client.",
    run: retrieve,
  },
  {
    name: "STOR",
    syntax: "<SP> pathname",
    argument: "path",
    needsData: true,
    source: "RFC 959 §4.1.3",
    help: "Stores a file the client sends, in place of one of that name; after REST into it.",
    run: store,
  },
  {
    name: "STOU",
    syntax: "[<SP> pathname]",
    argument: "text",
    isOptional: true,
    needsData: true,
    source: "RFC 959 §4.1.3, RFC 1123 §4.1.2.9",
    help: "Stores a file the client sends under a name that is new, and tells it.",
    run: storeUnique,
  },
  {
    name: "APPE",
    syntax: "<SP> pathname",
    argument: "path",
    needsData: true,
    source: "RFC 959 §4.1.3",
    help: "Adds what the client sends to the end of a file; makes it when there is none.",
    run: append,
  },
  {
    name: "REST",
    syntax: "<SP> offset",
    argument: "text",
    source: "RFC 3659 §5",
    help: "Sets the byte of the file at which the next transfer begins.",
    feature: "REST STREAM",
    run: restart,
  },
  {
    name: "ALLO",
    syntax: "<SP> size [<SP> R <SP> size]",
    argument: "text",
    source: "RFC 959 §4.1.3",
    help: "Is accepted and changes nothing: no space needs to be set aside.",
    run: allocate,
  },
  {
    name: "ABOR",
    syntax: "",
    argument: "none",
    during: "now",
    source: "RFC 959 §4.1.3",
    help: "Stops the transfer under way.",
    run: abort,
  },
];

async function retrieve(session: Session, path: string): Promise<Reply> {
  const start = takeRestart(session);
  await session.before("download", path);
  return session.run(await planDownload(session, path, start));
}

async function store(session: Session, path: string): Promise<Reply> {
  const start = takeRestart(session);
  const opening = "Ready for the file";
  if (start > 0) {
    const writer = await openAt(session, path, start);
    return session.run(planUpload(session, { verb: "STOR", path, start, opening, writer }));
  }
  const isNew = await mustBeNew(session, path);
  await session.before("upload", path);
  const { storage, signal } = session;
  const writer = await storage.openWrite(path, { exclusive: isNew, signal }).catch(async (error: unknown) => {
    throw await openError(session, path, error);
  });
  return session.run(planUpload(session, { verb: "STOR", path, start, opening, writer }));
}

/** Opens a file to be changed in place: REST before STOR leaves what is ahead of the marker and behind the new bytes. */
async function openAt(session: Session, path: string, start: number): Promise<FileWriter> {
  const { storage, signal } = session;
  session.authorize("overwrite", path);
  if (!can(storage, "openUpdate")) throw new ReplyError(504, "This storage cannot change a file in place");
  const { size } = await statFile(session, path);
  if (start > size) throw beyondEnd();
  await session.before("upload", path);
  return storage.openUpdate(path, { start, signal }).catch((error: unknown) => {
    throw restartError(error);
  });
}

/**
 * Whether an upload to `path` may only make a new file, by what the account may do.
 *
 * @throws {ReplyError} 550 when it may do neither, or only write over a file and there is none.
 */
async function mustBeNew(session: Session, path: string): Promise<boolean> {
  const { permissions } = session.account;
  const mayCreate = isAllowed(permissions, "create", path);
  const mayOverwrite = isAllowed(permissions, "overwrite", path);
  if (mayCreate) return !mayOverwrite;
  session.authorize("overwrite", path);
  if ((await sizeOf(session, path)) === null) session.authorize("create", path);
  return false;
}

async function storeUnique(session: Session, argument: string): Promise<Reply> {
  // RFC 1123 §4.1.3.4: 554 for a marker that what follows it cannot use. A new file has nothing to begin behind.
  if (takeRestart(session) > 0) throw beyondEnd();
  const { signal, state, storage } = session;
  const wanted = argument === "" ? resolvePath(state.directory, "ftp") : session.resolve(argument);
  // By chance alone: a name that is free now may be taken by the time the upload is over.
  const path = withToken(wanted === "/" ? "/ftp" : wanted, randomBytes(8).toString("hex"));
  session.authorize("create", path);
  await session.before("upload", path);
  const writer = await storage.openWrite(path, { exclusive: true, signal });
  // RFC 1123 §4.1.2.9: "125 FILE: pppp" or "150 FILE: pppp", "where pppp represents the unique pathname".
  const opening = `FILE: ${parentOf(path) === state.directory ? nameOf(path) : path}`;
  return session.run(planUpload(session, { verb: "STOU", path, start: 0, opening, writer }));
}

/** The token stands before the extension, by which programs know what a file is. */
function withToken(path: string, token: string): string {
  const name = nameOf(path);
  const dot = name.lastIndexOf(".");
  if (dot <= 0) return `${path}.${token}`;
  return `${path.slice(0, path.length - (name.length - dot))}.${token}${name.slice(dot)}`;
}

async function append(session: Session, path: string): Promise<Reply> {
  const { storage, signal, state } = session;
  // Where to begin is what APPE itself says.
  state.restartAt = 0;
  if (!can(storage, "openUpdate")) throw new ReplyError(502, "This storage cannot add to a file");
  const size = await sizeOf(session, path);
  session.authorize(size === null ? "create" : "overwrite", path);
  await session.before("upload", path);
  const writer = await (
    size === null
      ? storage.openWrite(path, { exclusive: true, signal })
      : storage.openUpdate(path, { start: "end", signal })
  ).catch(async (error: unknown) => {
    throw await openError(session, path, error);
  });
  const opening = "Ready for what is to be added";
  return session.run(planUpload(session, { verb: "APPE", path, start: size ?? 0, opening, writer }));
}

/** Bytes of the file at `path`; `null` when there is none. */
async function sizeOf({ storage, signal }: Session, path: string): Promise<number | null> {
  try {
    return (await storage.stat(path, { signal })).size;
  } catch (error) {
    if (isStorageError(error, "not-found")) return null;
    throw error;
  }
}

function restart({ state }: Session, argument: string): Reply {
  const offset = /^\d{1,16}$/.test(argument) ? Number(argument) : Number.NaN;
  if (!Number.isSafeInteger(offset)) throw new ReplyError(501, "Not a byte's number");
  state.restartAt = offset;
  return reply(350, `Restarting at ${offset}: send STOR or RETR`);
}

function allocate(_session: Session, argument: string): Reply {
  if (!/^\d+(?: R \d+)?$/i.test(argument.trim())) throw new ReplyError(501, "Not a size");
  return reply(202, "No space needs to be set aside");
}

async function abort(session: Session): Promise<Reply> {
  // RFC 959 §4.1.3: 426 to the transfer, then 226 to ABOR; §5.4 has 225 where there was none.
  return (await session.abort()) ? reply(226, "Transfer stopped") : reply(225, "No transfer is under way");
}
