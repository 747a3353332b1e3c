import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import { hasControl } from "../protocol/text.js";
import type { Session } from "../session/session.js";
import { OPTS } from "./opts.js";
import { siteHelp } from "./site.js";
import type { Verb } from "./verb.js";

/** All verbs by their names. */
type Table = ReadonlyMap<string, Verb>;

/**
 * What the server can do, and who it speaks to: FEAT, OPTS, HELP, SYST, NOOP, CLNT, CSID, LANG.
 *
 * @param table asked when FEAT and HELP are run: these verbs are in it themselves.
 */
export function infoVerbs(table: () => Table): readonly Verb[] {
  return [
    {
      name: "FEAT",
      syntax: "",
      argument: "none",
      isPublic: true,
      source: "RFC 2389 §3",
      help: "Tells what the server can do beyond RFC 959.",
      run: (session) => reply(211, "Features", ...features(session, table()), "End"),
    },
    OPTS,
    {
      name: "HELP",
      syntax: "[<SP> command]",
      argument: "text",
      isOptional: true,
      isPublic: true,
      source: "RFC 959 §4.1.3",
      help: "Lists the commands, or tells what one of them does.",
      run: (_session, argument) => help(table(), argument.trim().toUpperCase()),
    },
    {
      name: "SYST",
      syntax: "",
      argument: "none",
      isPublic: true,
      source: "RFC 959 §4.1.3",
      help: "Tells the kind of system: its listings are as on Unix.",
      run: () => reply(215, "UNIX Type: L8"),
    },
    {
      name: "NOOP",
      syntax: "",
      argument: "none",
      isPublic: true,
      source: "RFC 959 §4.1.3",
      help: "Does nothing.",
      run: () => reply(200, "Done"),
    },
    {
      name: "CLNT",
      syntax: "<SP> name",
      argument: "text",
      isPublic: true,
      source: "in use, without a specification",
      help: "Tells the client's name, for logs.",
      feature: "CLNT",
      run: (session, name) => rememberClient(session, name, "Noted"),
    },
    {
      name: "CSID",
      syntax: "<SP> Name=name; Version=version;",
      argument: "text",
      isPublic: true,
      source: "draft-peterson-streamlined-ftp-command-extensions-10",
      help: "Tells the client's name and version, for logs, and the server's name.",
      feature: "CSID",
      run: (session, name) => rememberClient(session, name, "Name=Belfry;"),
    },
    {
      name: "LANG",
      syntax: "[<SP> language]",
      argument: "text",
      isOptional: true,
      isPublic: true,
      source: "RFC 2640 §4.1",
      help: "Sets the language of replies; English alone is known.",
      feature: "LANG EN*",
      run: setLanguage,
    },
  ];
}

/** RFC 2389 §3.2: a line for each feature. A session that has not logged in is told what the server could do. */
function features(session: Session, table: Table): readonly string[] {
  const lines: string[] = [];
  for (const { feature } of table.values()) {
    const line = typeof feature === "function" ? feature(session) : feature;
    if (line !== undefined && line !== null) lines.push(line);
  }
  return lines;
}

function help(table: Table, name: string): Reply {
  if (name === "") return reply(214, "Commands", ...columns([...table.keys()]), "HELP with a name tells more");
  if (name === "SITE") return siteHelp();
  const verb = table.get(name);
  if (verb === undefined) throw new ReplyError(502, "There is no such command");
  return reply(214, `Syntax: ${verb.name} ${verb.syntax}`.trimEnd(), verb.help, verb.source);
}

/** Eight names a line. */
function columns(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < names.length; at += 8) {
    const row = names.slice(at, at + 8);
    lines.push(
      row
        .map((name) => name.padEnd(9))
        .join("")
        .trimEnd(),
    );
  }
  return lines;
}

function rememberClient({ state }: Session, name: string, answer: string): Reply {
  if (hasControl(name)) throw new ReplyError(501, "A name cannot hold control characters");
  state.client = name;
  return reply(200, answer);
}

function setLanguage(_session: Session, argument: string): Reply {
  // RFC 2640 §4.1: without an argument the server's default; a tag may name a region behind the language.
  if (!/^(?:en(?:-.*)?)?$/i.test(argument.trim())) throw new ReplyError(504, "Replies are in English only");
  return reply(200, "Replies are in English");
}
