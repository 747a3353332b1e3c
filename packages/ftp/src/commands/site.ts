import { parseTime } from "../protocol/date.js";
import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import type { SessionInfo } from "../session/session-info.js";
import type { Session } from "../session/session.js";
import { parseMode, setMode, setModified } from "./facts.js";
import type { Verb } from "./verb.js";

/** SITE, with the commands below it. */
export const SITE: Verb = {
  name: "SITE",
  syntax: "<SP> HELP | CHMOD | UTIME | WHO",
  argument: "text",
  source: "RFC 959 §4.1.3",
  help: "What is not in the protocol: SITE HELP lists it.",
  run: runSite,
};

interface SiteCommand {
  readonly syntax: string;
  run(session: Session, argument: string): Reply | Promise<Reply>;
}

const COMMANDS: ReadonlyMap<string, SiteCommand> = new Map<string, SiteCommand>([
  ["HELP", { syntax: "", run: () => siteHelp() }],
  ["CHMOD", { syntax: " <SP> mode <SP> pathname", run: changeMode }],
  ["UTIME", { syntax: " <SP> YYYYMMDDHHMMSS <SP> pathname", run: changeTime }],
  ["WHO", { syntax: "", run: tellWho }],
]);

/** The reply to SITE HELP and HELP SITE, where clients look for what there is. */
export function siteHelp(): Reply {
  return reply(214, "SITE commands", ...[...COMMANDS].map(([name, { syntax }]) => `${name}${syntax}`), "End");
}

function runSite(session: Session, argument: string): Reply | Promise<Reply> {
  const [, name = "", rest = ""] = /^(\S*) ?(.*)$/s.exec(argument) ?? [];
  const command = COMMANDS.get(name.toUpperCase());
  // RFC 959 §5.4 has 500 for SITE, and neither 502 nor 504.
  if (command === undefined) throw new ReplyError(500, "Unknown SITE command");
  return command.run(session, rest);
}

async function changeMode(session: Session, argument: string): Promise<Reply> {
  const [, text = "", path = ""] = /^(\S+) (.+)$/s.exec(argument) ?? [];
  const mode = parseMode(text);
  if (mode === null || path === "") throw new ReplyError(501, "Not a mode and a path");
  await setMode(session, session.resolve(path), mode);
  return reply(200, "Mode set");
}

/** In two forms: time and path; and as `path atime mtime ctime UTC`, which ncftp sends. */
async function changeTime(session: Session, argument: string): Promise<Reply> {
  const [, path, modified] = /^(.+) \d{14} (\d{14}) \d{14} UTC$/is.exec(argument) ?? [];
  if (path !== undefined && modified !== undefined) return applyTime(session, modified, path);
  const [, time = "", rest = ""] = /^(\d{12}(?:\d\d)?) (.+)$/s.exec(argument) ?? [];
  return applyTime(session, time.length === 12 ? `${time}00` : time, rest);
}

async function applyTime(session: Session, text: string, path: string): Promise<Reply> {
  const time = parseTime(text);
  if (time === null || path === "") throw new ReplyError(501, "Not a time and a path");
  await setModified(session, session.resolve(path), time);
  return reply(200, "Time set");
}

/** The sessions of the client's own account. Where they come from is not told: many may share an account. */
function tellWho(session: Session): Reply {
  const own = session.everyone().filter(({ user }) => user === session.account.name);
  return reply(
    211,
    `Sessions of ${session.account.name}`,
    ...own.slice(0, MAX_WHO).map(describe),
    `${own.length} in all`,
  );
}

/** Sessions SITE WHO shows. */
const MAX_WHO = 100;

function describe({ id, directory, transfer }: SessionInfo): string {
  if (transfer === null) return `${id} in ${directory}`;
  return `${id} in ${directory}: ${transfer.verb} ${transfer.path}, ${transfer.bytes} bytes`;
}
