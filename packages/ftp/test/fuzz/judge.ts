import { findVerb } from "../../src/commands/verbs.js";
import { CommandReader } from "../../src/protocol/command-line.js";

/** What went over a control connection from its greeting, or from a TLS handshake, on: a byte a character. */
export interface Phase {
  readonly sent: string;
  readonly received: string;
}

/** A session as its client saw it. */
export interface Conversation {
  /** More than one when TLS began in between. */
  readonly phases: readonly Phase[];
  /** How the control connection ended: the client's own reset, the server's end, or not at all. */
  readonly end: "reset" | "server" | "never";
  /** The server's end was a reset. */
  readonly wasReset: boolean;
  /** The client had ended its own half, or left replies unread for a while, or broken off a TLS handshake. */
  readonly hasEnded: boolean;
  readonly hasPaused: boolean;
  readonly hasBrokenTls: boolean;
  /** Bytes somebody else got on the passive port. */
  readonly stolen: number;
  /** What came on data connections. */
  readonly data: string;
}

/** Lines longer than this end the session. */
export const MAX_LINE = 2048;
/** What files outside of the root hold. */
export const SECRET = "nobody may ever see this";

/** RFC 959 §4.2, and no control character in it; a byte 0xFF is doubled (RFC 854). */
const TEXT = String.raw`(?:[^\0-\x1f\x7f\xff]|\xff\xff)*`;
const REPLY = new RegExp(String.raw`(?:([1-5]\d\d)-${TEXT}\r\n(?: ${TEXT}\r\n)*\1|([1-5]\d\d)) ${TEXT}\r\n`, "y");

/** The codes of all replies. @throws {Error} where the text is none. */
export function readReplies(text: string): { readonly codes: readonly number[]; readonly rest: string } {
  const codes: number[] = [];
  let at = 0;
  for (;;) {
    REPLY.lastIndex = at;
    const match = REPLY.exec(text);
    if (match === null) return { codes, rest: text.slice(at) };
    codes.push(Number(match[1] ?? match[2]));
    at = REPLY.lastIndex;
  }
}

/** The verbs of the commands in what was sent. */
export function readVerbs(sent: string): readonly string[] {
  const reader = new CommandReader(MAX_LINE);
  reader.push(Buffer.from(sent, "latin1"));
  const verbs: string[] = [];
  for (;;) {
    const command = reader.next();
    if (command === null) return verbs;
    verbs.push(command === "too-long" ? TOO_LONG : command.verb);
  }
}

const TOO_LONG = "a line too long";
/** Bytes in the clear behind AUTH, at which the server resets the connection: its 234 may be lost by that. */
const INJECTED = /AUTH [^\n]*\n[^]/i;
const HTTP = new Set("GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH HOST:".split(" "));

/** What is wrong with a conversation; `null` for nothing. */
export function judge(conversation: Conversation): string | null {
  const { data, stolen, phases, end } = conversation;
  if (end === "never") return "the server has not ended the session";
  if (stolen > 0) return `somebody else got ${stolen} bytes on the passive port`;
  if (data.includes(SECRET)) return "a data connection shows what is outside of the root";
  for (const [at, phase] of phases.entries()) {
    const wrong = judgePhase(phase, conversation, at);
    if (wrong !== null) return wrong;
  }
  return null;
}

function judgePhase(phase: Phase, conversation: Conversation, at: number): string | null {
  const { received, sent } = phase;
  if (received.includes(SECRET)) return "a reply shows what is outside of the root";
  const { codes, rest } = readReplies(received);
  const isLast = at === conversation.phases.length - 1;
  // What a reset has cut off is no reply, and neither is an alert of TLS at what was no handshake.
  const isCut = conversation.end === "reset" || conversation.hasPaused;
  if (rest !== "" && !isCut && !(codes.at(-1) === 234 && rest.startsWith("\x15\x03")))
    return `no reply: ${JSON.stringify(rest.slice(0, 300))}`;
  const [greeting] = codes;
  if (at === 0 && greeting !== undefined && greeting !== 220 && greeting !== 421) return `greeted with ${greeting}`;
  const answers = at === 0 ? codes.slice(1) : codes;
  const verbs = readVerbs(sent);
  const matching = match(verbs, answers);
  if (typeof matching === "string") return matching;
  if (!isLast || conversation.end === "reset" || matching.isOver) return null;
  // Bytes behind AUTH, a client that does not read, a handshake that fails: there is no more to be had.
  if (conversation.hasPaused || conversation.hasBrokenTls) return null;
  if (answers.at(-1) === 234 || INJECTED.test(sent) || verbs.some((verb) => HTTP.has(verb))) return null;
  // What a client sends behind its last command resets the connection, and may cost it the reply to that.
  if (conversation.wasReset && verbs.some(mayEnd)) return null;
  if (!conversation.hasEnded)
    return `closed without a word after ${answers.length} replies to ${verbs.length} commands`;
  if (matching.unanswered > 0)
    return `${matching.unanswered} of ${verbs.length} commands unanswered: ${verbs.join(", ")} -> ${codes.join(" ")}`;
  return null;
}

/** Where in the commands a reader of replies may be. */
interface Place {
  /** Commands answered, all from the first on. */
  readonly done: number;
  /** The last of the commands that overtook them: those are answered up to here. */
  readonly ahead: number;
  /** The transfer at `done` has been told its 1yz reply. */
  readonly isOpen: boolean;
  /** The reply before was the last one to a transfer. */
  readonly isBehind: boolean;
  /** A reply has ended the session. */
  readonly isOver: boolean;
}

/**
 * Finds each reply its command: in the order of the commands, but that ABOR, STAT and QUIT may overtake what is under
 * way. There may be several ways; one that goes to the end will do.
 */
function match(verbs: readonly string[], codes: readonly number[]): string | { unanswered: number; isOver: boolean } {
  let places: readonly Place[] = [{ done: 0, ahead: -1, isOpen: false, isBehind: false, isOver: false }];
  for (const [at, code] of codes.entries()) {
    const next = new Map<string, Place>();
    for (const place of places) {
      for (const after of follow(place, verbs, code)) {
        next.set(`${after.done} ${after.ahead} ${after.isOpen} ${after.isBehind} ${after.isOver}`, after);
      }
    }
    if (next.size === 0) {
      return `reply ${at + 1} of ${codes.join(" ")} fits no command of ${verbs.join(", ")}`;
    }
    places = [...next.values()];
  }
  const isOver = places.some((place) => place.isOver);
  const unanswered = Math.min(...places.map((place) => countUnanswered(place, verbs)));
  return { unanswered, isOver };
}

function follow(place: Place, verbs: readonly string[], code: number): readonly Place[] {
  const { done, ahead, isOpen } = place;
  const verb = verbs[done];
  const result: Place[] = [];
  // A session may be told to end at any time.
  if (code === 421) result.push({ ...place, isOver: true });
  if (verb === undefined) return result;
  if (code < 200) return !isOpen && isTransfer(verb) ? [{ ...place, isOpen: true, isBehind: false }] : [];
  if (fits(verb, code, isOpen)) {
    const isOver = place.isOver || endsSession(verb, code);
    result.push({ done: skip(done + 1, ahead, verbs), ahead, isOpen: false, isBehind: isTransfer(verb), isOver });
  }
  const overtaking = verbs.findIndex((other, at) => at > Math.max(done, ahead) && mayOvertake(other));
  const other = verbs[overtaking];
  // ABOR has the transfer end first (RFC 959 §4.1.3); nothing comes between a command and its 150.
  const isItsTurn = other === TOO_LONG || (other === "ABOR" ? place.isBehind : isOpen);
  if (other !== undefined && isItsTurn && fits(other, code, false)) {
    result.push({ ...place, isBehind: false, ahead: overtaking, isOver: place.isOver || endsSession(other, code) });
  }
  return result;
}

/** Past those that were answered ahead of time. */
function skip(from: number, ahead: number, verbs: readonly string[]): number {
  let at = from;
  while (at <= ahead && mayOvertake(verbs[at] ?? "")) at += 1;
  return at;
}

function countUnanswered({ done, ahead }: Place, verbs: readonly string[]): number {
  return verbs.filter((verb, at) => at >= done && !(at <= ahead && mayOvertake(verb))).length;
}

function endsSession(verb: string, code: number): boolean {
  return code === 421 || verb === TOO_LONG || (verb === "QUIT" && code === 221);
}

function mayEnd(verb: string): boolean {
  return verb === TOO_LONG || verb === "QUIT" || verb === "PASS";
}

function mayOvertake(verb: string): boolean {
  return verb === "ABOR" || verb === "STAT" || verb === "QUIT" || verb === TOO_LONG;
}

function isTransfer(verb: string): boolean {
  return findVerb(verb)?.needsData === true;
}

/** Whether RFC 959 §5.4 and those after it have this as a final reply to that command. */
function fits(verb: string, code: number, isOpen: boolean): boolean {
  if (verb === TOO_LONG) return code === 500;
  if (HTTP.has(verb)) return false;
  const known = findVerb(verb);
  if (known === null) return code === 500 || code === 502;
  if (code === 226) return verb === "ABOR" || (known.needsData === true && isOpen);
  if (code === 426) return known.needsData === true;
  if (code === 425) return known.needsData === true || /^E?PASV$|^EPSV$/.test(verb);
  if (code >= 400) return code !== 500 || verb === "SITE";
  return (SUCCESS[verb] ?? []).includes(code);
}

const SUCCESS: Readonly<Record<string, readonly number[]>> = {
  USER: [331],
  PASS: [230],
  ACCT: [202],
  REIN: [220],
  QUIT: [221],
  HOST: [220],
  AUTH: [234],
  PBSZ: [200],
  PROT: [200],
  TYPE: [200],
  MODE: [200],
  STRU: [200],
  PASV: [227],
  EPSV: [200, 229],
  PORT: [200],
  EPRT: [200],
  REST: [350],
  ALLO: [202],
  ABOR: [225],
  CWD: [250],
  XCWD: [250],
  CDUP: [250],
  XCUP: [250],
  PWD: [257],
  XPWD: [257],
  MKD: [257],
  XMKD: [257],
  RMD: [250],
  XRMD: [250],
  MLST: [250],
  STAT: [211, 212, 213],
  DELE: [250],
  RNFR: [350],
  RNTO: [250],
  SIZE: [213],
  MDTM: [213],
  MFMT: [213],
  MFCT: [213],
  MFF: [213],
  HASH: [213],
  XCRC: [250],
  XMD5: [250],
  XSHA1: [250],
  XSHA256: [250],
  XSHA512: [250],
  MD5: [251],
  AVBL: [213],
  FEAT: [211],
  OPTS: [200],
  HELP: [214],
  SYST: [215],
  NOOP: [200],
  CLNT: [200],
  CSID: [200],
  LANG: [200],
  SITE: [200, 211, 214],
};
