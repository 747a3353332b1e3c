import { formatTime, parseTime } from "../protocol/date.js";
import { parseFactChanges } from "../protocol/facts.js";
import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import { can } from "../storage/storage.js";
import { isStorageError } from "./storage-replies.js";
import { whereStorageCan } from "./where-storage-can.js";
import type { Verb } from "./verb.js";

/** Times and modes of files: MFMT, MFCT, MFF. */
export const FACT_VERBS: readonly Verb[] = [
  {
    name: "MFMT",
    syntax: "<SP> YYYYMMDDHHMMSS <SP> pathname",
    argument: "text",
    permission: "setTimes",
    source: "draft-somers-ftp-mfxx-04 §3",
    help: "Sets when a file was last changed.",
    feature: whereStorageCan("setTimes", "MFMT"),
    run: (session, argument) => changeTime(session, argument, "Modify"),
  },
  {
    name: "MFCT",
    syntax: "<SP> YYYYMMDDHHMMSS <SP> pathname",
    argument: "text",
    permission: "setTimes",
    source: "draft-somers-ftp-mfxx-04 §4",
    help: "Sets when a file was made, where the storage keeps that.",
    run: (session, argument) => changeTime(session, argument, "Create"),
  },
  {
    name: "MFF",
    syntax: "<SP> Modify=time;Create=time;UNIX.mode=mode; <SP> pathname",
    argument: "text",
    permission: "setTimes",
    source: "draft-somers-ftp-mfxx-04 §5",
    help: "Sets facts of a file.",
    feature: (session) => changeableFacts(session),
    run: changeFacts,
  },
];

/** A change of one fact that MFF asks for, read and not yet made. */
interface Change {
  /** The fact as the reply shows it. */
  readonly text: string;
  make(session: Session, path: string): Promise<void>;
}

/** Facts MFF changes, in lower case. Each throws a {@link ReplyError} for a value it cannot read. */
const CHANGES: ReadonlyMap<string, (value: string) => Change> = new Map([
  ["modify", (value: string) => readTimeChange("Modify", value)],
  ["create", (value: string) => readTimeChange("Create", value)],
  ["unix.mode", readModeChange],
]);

/** A time and a path with one space between, as MFMT and the old form of MDTM have it; `null` for another form. */
export function splitTimeAndPath(argument: string): { readonly time: number; readonly path: string } | null {
  const [, text, path] = /^(\d{14}(?:\.\d+)?) (.+)$/s.exec(argument) ?? [];
  if (text === undefined || path === undefined) return null;
  const time = parseTime(text);
  return time === null ? null : { time, path };
}

/**
 * Sets when the file or directory at `path` was last changed.
 *
 * @param time milliseconds since the epoch.
 * @throws {ReplyError} 550 when the account may not, 502 when the storage cannot.
 */
export async function setModified(session: Session, path: string, time: number): Promise<void> {
  await setTime(session, path, { modified: time });
}

async function setTime(
  session: Session,
  path: string,
  times: { readonly modified: number } | { readonly created: number },
): Promise<void> {
  const { storage } = session;
  session.authorize("setTimes", path);
  if (!can(storage, "setTimes")) throw new ReplyError(502, "This storage cannot set times");
  await session.before("setTimes", path);
  await storage.setTimes(path, times);
}

/**
 * Sets permission bits, 0 to 0o777.
 *
 * @throws {ReplyError} 550 when the account may not, 504 when the storage cannot.
 */
export async function setMode(session: Session, path: string, mode: number): Promise<void> {
  const { storage } = session;
  session.authorize("setMode", path);
  if (!can(storage, "setMode")) throw new ReplyError(504, "This storage has no modes");
  await session.before("setMode", path);
  await storage.setMode(path, mode);
}

/** Permission bits in octal, `"644"`; `null` for anything else. */
export function parseMode(text: string): number | null {
  return /^0*[0-7]{1,3}$/.test(text) ? Number.parseInt(text, 8) : null;
}

async function changeTime(session: Session, argument: string, fact: "Modify" | "Create"): Promise<Reply> {
  const change = splitTimeAndPath(argument);
  if (change === null) throw new ReplyError(501, "Not a time and a path");
  const { path, time } = change;
  await setTime(session, session.resolve(path), fact === "Modify" ? { modified: time } : { created: time });
  // draft-somers-ftp-mfxx §3.1: the reply has the fact as it is now, and the path as it was sent.
  return reply(213, `${fact}=${formatTime(time)}; ${path}`);
}

function changeableFacts(session: Session): string | null {
  const { isLoggedIn } = session;
  const facts = [
    !isLoggedIn || can(session.storage, "setTimes") ? "Modify;" : "",
    !isLoggedIn || can(session.storage, "setMode") ? "UNIX.mode;" : "",
  ].join("");
  return facts === "" ? null : `MFF ${facts}`;
}

async function changeFacts(session: Session, argument: string): Promise<Reply> {
  const asked = parseFactChanges(argument);
  if (asked === null) throw new ReplyError(501, "Not facts and a path");
  const path = session.resolve(asked.path);
  // draft-somers-ftp-mfxx §5: nothing is changed when one of them cannot be, so all are read first.
  const changes = [...asked.facts].map(([name, value]) => readChange(name, value));
  const made: string[] = [];
  for (const change of changes) {
    try {
      await change.make(session, path);
      made.push(change.text);
    } catch (error) {
      // Clients send all times they have, one of which few systems can set: the reply has those that were.
      if (changes.length === 1 || !isStorageError(error, "not-supported")) throw error;
    }
  }
  if (made.length === 0) throw new ReplyError(504, "None of these facts can be changed here");
  return reply(213, `${made.join("")} ${asked.path}`);
}

function readChange(name: string, value: string): Change {
  const read = CHANGES.get(name.toLowerCase());
  if (read === undefined) throw new ReplyError(504, "One of these facts cannot be changed");
  return read(value);
}

function readTimeChange(fact: "Modify" | "Create", value: string): Change {
  const time = parseTime(value);
  if (time === null) throw new ReplyError(501, "Not a time");
  const times = fact === "Modify" ? { modified: time } : { created: time };
  return { text: `${fact}=${formatTime(time)};`, make: (session, path) => setTime(session, path, times) };
}

function readModeChange(value: string): Change {
  const mode = parseMode(value);
  if (mode === null) throw new ReplyError(501, "Not a mode");
  return { text: `UNIX.mode=${value};`, make: (session, path) => setMode(session, path, mode) };
}
