import { parseFactNames } from "../protocol/facts.js";
import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import { findAlgorithm } from "./algorithms.js";
import type { Verb } from "./verb.js";

/** OPTS, which other verbs' options are set with. */
export const OPTS: Verb = {
  name: "OPTS",
  syntax: "<SP> UTF8 ON | MLST [<SP> facts] | HASH [<SP> algorithm]",
  argument: "text",
  isPublic: true,
  source: "RFC 2389 §4",
  help: "Sets an option: UTF8 ON changes nothing, MLST chooses the facts, HASH the digest.",
  // RFC 2640 has the line alone; OPTS UTF8 ON is from an expired draft (draft-ietf-ftpext-utf-8-option), and clients send it.
  feature: "UTF8",
  run: setOption,
};

const OPTIONS: ReadonlyMap<string, (session: Session, value: string) => Reply> = new Map([
  ["UTF8", setUtf8],
  ["UTF-8", setUtf8],
  ["MLST", setFacts],
  ["HASH", setHash],
]);

function setOption(session: Session, argument: string): Reply {
  const [name = "", ...rest] = argument.split(" ");
  const set = OPTIONS.get(name.toUpperCase());
  // RFC 2389 §4: 501 for an option that is not understood.
  if (set === undefined) throw new ReplyError(501, "There is no such option");
  return set(session, rest.join(" ").trim());
}

function setUtf8(_session: Session, value: string): Reply {
  if (!/^(?:on)?$/i.test(value)) throw new ReplyError(504, "Names are always in UTF-8");
  return reply(200, "Names are in UTF-8");
}

function setFacts({ state }: Session, value: string): Reply {
  // RFC 3659 §7.9: facts that are not known are left out, and none at all may be chosen.
  state.facts = parseFactNames(value);
  return reply(200, `MLST OPTS ${state.facts.map((fact) => `${fact};`).join("")}`.trimEnd());
}

function setHash({ state }: Session, value: string): Reply {
  if (value !== "") {
    const algorithm = findAlgorithm(value);
    if (algorithm === null) throw new ReplyError(501, "Unknown algorithm, nothing was changed");
    state.hashAlgorithm = algorithm;
  }
  return reply(200, state.hashAlgorithm);
}
