import { factsFormatter, fieldsOf, formatFeature } from "../protocol/facts.js";
import { parseListArgument } from "../protocol/list-argument.js";
import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import { printable } from "../protocol/text.js";
import { formatUnixEntry, UNIX_FIELDS } from "../protocol/unix-list.js";
import type { Session } from "../session/session.js";
import type { FileInfo } from "../storage/storage.js";
import { findEntries } from "./find-entries.js";
import { inOrder } from "./in-order.js";
import { selectedFacts } from "./selected-facts.js";
import { OpenedList } from "./opened-list.js";
import { permissionFact } from "./permission-fact.js";
import { planList } from "./send-list.js";
import { isStorageError } from "./storage-replies.js";
import { describeStatus } from "./status.js";
import type { Verb } from "./verb.js";

/** What is in a directory: LIST, NLST, MLSD, MLST, STAT. */
export const LISTING_VERBS: readonly Verb[] = [
  {
    name: "LIST",
    syntax: "[<SP> -switches] [<SP> pathname]",
    argument: "text",
    isOptional: true,
    needsData: true,
    permission: "list",
    source: "RFC 959 §4.1.3",
    help: "Lists a directory, a file, or what a pattern matches, as ls -l does.",
    run: (session, argument) => list(session, "LIST", argument),
  },
  {
    name: "NLST",
    syntax: "[<SP> -switches] [<SP> pathname]",
    argument: "text",
    isOptional: true,
    needsData: true,
    permission: "list",
    source: "RFC 959 §4.1.3, RFC 1123 §4.1.2.7",
    help: "Lists names, each such that it can be used in other commands.",
    run: (session, argument) => list(session, "NLST", argument),
  },
  {
    name: "MLSD",
    syntax: "[<SP> pathname]",
    argument: "path",
    isOptional: true,
    needsData: true,
    permission: "list",
    source: "RFC 3659 §7",
    help: "Lists a directory in a form made for programs.",
    run: listFacts,
  },
  {
    name: "MLST",
    syntax: "[<SP> pathname]",
    argument: "path",
    isOptional: true,
    permission: "list",
    source: "RFC 3659 §7",
    help: "Describes one file or directory in a form made for programs, over the control connection.",
    feature: (session) => formatFeature(selectedFacts(session)),
    run: describe,
  },
  {
    name: "STAT",
    syntax: "[<SP> pathname]",
    argument: "text",
    isOptional: true,
    permission: "list",
    during: "now",
    source: "RFC 959 §4.1.3",
    help: "Tells the state of the session and its transfer; with a path, lists that over the control connection.",
    run: (session, argument) => (argument.trim() === "" ? describeStatus(session) : listInReply(session, argument)),
  },
];

/** Entries STAT shows of a directory: they go through memory and over the control connection. */
const MAX_STAT_ENTRIES = 1000;

async function list(session: Session, verb: "LIST" | "NLST", argument: string): Promise<Reply> {
  const { switches, path: named } = parseListArgument(argument);
  const isLong = verb === "LIST" || switches.includes("l");
  const finding = { isSelf: switches.includes("d"), fields: isLong ? UNIX_FIELDS : [] };
  const { list, path, prefix } = await findEntries(session, named, finding);
  const now = Date.now();
  // RFC 1123 §4.1.2.7: NLST's names are such "that the server can use them directly as the arguments of subsequent data
  // transfer commands", so they begin with the directory the client named.
  const format = isLong
    ? (info: FileInfo): string => formatUnixEntry(info, now)
    : (info: FileInfo): string | null => (info.type === "link" ? null : printable(prefix + info.name));
  return session.run(planList(session, { verb, path, list, format }));
}

async function listFacts(session: Session, path: string): Promise<Reply> {
  await session.before("list", path);
  const { signal, storage } = session;
  const facts = selectedFacts(session);
  const batches = inOrder(storage.list(path, { signal, fields: fieldsOf(facts) }));
  const list = await OpenedList.open(batches).catch((error: unknown) => {
    // RFC 3659 §7.2.1: 501 where MLSD names what is no directory.
    throw isStorageError(error, "not-a-directory") ? new ReplyError(501, "MLSD lists directories only") : error;
  });
  const permissionOf = permissionFact(session);
  const ahead = path === "/" ? "/" : `${path}/`;
  const format = factsFormatter(facts);
  // A link that leads nowhere can neither be fetched nor entered, and programs that mirror a tree fail on it: LIST shows it.
  const line = (info: FileInfo): string | null =>
    info.type === "link" ? null : format({ info, perm: permissionOf(info, ahead + info.name) }) + printable(info.name);
  return session.run(planList(session, { verb: "MLSD", path, list, format: line }));
}

async function describe(session: Session, path: string): Promise<Reply> {
  const { signal, storage } = session;
  const info = await storage.stat(path, { signal });
  const perm = permissionFact(session)(info, path);
  return reply(250, "Listing", factsFormatter(selectedFacts(session))({ info, perm }) + path, "End");
}

async function listInReply(session: Session, argument: string): Promise<Reply> {
  const { switches, path: named } = parseListArgument(argument);
  const { list, isDirectory } = await findEntries(session, named, {
    isSelf: switches.includes("d"),
    fields: UNIX_FIELDS,
  });
  const now = Date.now();
  const lines: string[] = [];
  let isCut = false;
  for await (const batch of list) {
    for (const info of batch) {
      isCut = lines.length === MAX_STAT_ENTRIES;
      if (isCut) break;
      lines.push(formatUnixEntry(info, now));
    }
    if (isCut) break;
  }
  // RFC 959 §4.2.2: 212 is a directory's status, 213 a file's.
  return reply(isDirectory ? 212 : 213, "Status", ...lines, isCut ? "End; there are more, which LIST shows" : "End");
}
