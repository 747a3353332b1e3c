import { parentOf, quotePath, resolvePath } from "../protocol/path.js";
import { reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import { StorageError } from "../storage/storage-error.js";
import { alias } from "./alias.js";
import { isStorageError } from "./storage-replies.js";
import type { Verb } from "./verb.js";

const VERBS: readonly Verb[] = [
  {
    name: "CWD",
    syntax: "<SP> pathname",
    argument: "path",
    permission: "list",
    source: "RFC 959 §4.1.1",
    help: "Changes the working directory.",
    // RFC 3659 §6: paths here are of that kind, with "/" between names and "." and ".." of their usual meaning.
    feature: "TVFS",
    run: changeDirectory,
  },
  {
    name: "CDUP",
    syntax: "",
    argument: "none",
    permission: "list",
    source: "RFC 959 §4.1.1",
    help: "Changes to the directory above.",
    run: changeUp,
  },
  {
    name: "PWD",
    syntax: "",
    argument: "none",
    source: "RFC 959 §4.1.3",
    help: "Tells the working directory.",
    run: ({ state }) => reply(257, `${quotePath(state.directory)} is the working directory`),
  },
  {
    name: "MKD",
    syntax: "<SP> pathname",
    argument: "path",
    permission: "makeDirectory",
    source: "RFC 959 §4.1.3",
    help: "Makes a directory.",
    run: makeDirectory,
  },
  {
    name: "RMD",
    syntax: "<SP> pathname",
    argument: "path",
    permission: "removeDirectory",
    source: "RFC 959 §4.1.3",
    help: "Removes an empty directory.",
    run: removeDirectory,
  },
];

/** Where one is, and what directories there are: CWD, CDUP, PWD, MKD, RMD, and the names old clients have for them. */
export const DIRECTORY_VERBS: readonly Verb[] = [
  ...VERBS,
  alias(VERBS, "XCWD", "CWD"),
  alias(VERBS, "XCUP", "CDUP"),
  alias(VERBS, "XPWD", "PWD"),
  alias(VERBS, "XMKD", "MKD"),
  alias(VERBS, "XRMD", "RMD"),
];

/** Permission bits of a directory that everybody may enter. */
const EVERYBODY = 0o111;
/** A name that is looked up where it does not matter whether it is there. */
const ANY_NAME = ".belfry";

async function changeDirectory(session: Session, path: string): Promise<Reply> {
  const { storage, signal, state } = session;
  const { type, mode = EVERYBODY } = await storage.stat(path, { signal });
  if (type !== "directory") throw new StorageError("not-a-directory", path);
  if ((mode & EVERYBODY) !== EVERYBODY) await tryToEnter(session, path);
  state.directory = path;
  return reply(250, "Changed the working directory");
}

/**
 * To look at a directory is another permission than to look up what is in it (path_resolution(7)).
 *
 * @throws {StorageError} `no-permission` where the latter is missing.
 */
async function tryToEnter({ storage, signal }: Session, path: string): Promise<void> {
  try {
    await storage.stat(resolvePath(path, ANY_NAME), { signal });
  } catch (error) {
    if (isStorageError(error, "no-permission")) throw new StorageError("no-permission", path, { cause: error });
  }
}

function changeUp(session: Session): Promise<Reply> {
  const path = parentOf(session.state.directory);
  session.authorize("list", path);
  // RFC 959 §4.1.1: "The reply codes shall be identical to the reply codes of CWD."
  return changeDirectory(session, path);
}

async function makeDirectory(session: Session, path: string): Promise<Reply> {
  await session.before("makeDirectory", path);
  await session.storage.makeDirectory(path);
  session.emit("makeDirectory", () => ({ session: session.info(), user: session.account.name, path }));
  return reply(257, `${quotePath(path)} made`);
}

async function removeDirectory(session: Session, path: string): Promise<Reply> {
  await session.before("removeDirectory", path);
  await session.storage.removeDirectory(path);
  session.emit("removeDirectory", () => ({ session: session.info(), user: session.account.name, path }));
  return reply(250, "Directory removed");
}
