import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import { followed } from "./verb.js";
import type { Outcome, Verb } from "./verb.js";

/** TLS: AUTH, PBSZ, PROT, CCC. */
export const SECURITY_VERBS: readonly Verb[] = [
  {
    name: "AUTH",
    syntax: "<SP> TLS | TLS-C | SSL",
    argument: "text",
    isPublic: true,
    during: "alone",
    source: "RFC 2228 §3, RFC 4217 §8",
    help: "Puts the control connection under TLS.",
    feature: whereTls("AUTH TLS"),
    run: authenticate,
  },
  {
    name: "PBSZ",
    syntax: "<SP> 0",
    argument: "text",
    isPublic: true,
    source: "RFC 2228 §3, RFC 4217 §9",
    help: "Goes before PROT; TLS has no buffer size to agree on.",
    feature: whereTls("PBSZ"),
    run: setBufferSize,
  },
  {
    name: "PROT",
    syntax: "<SP> P | C",
    argument: "text",
    isPublic: true,
    source: "RFC 2228 §3, RFC 4217 §9",
    help: "Puts data connections under TLS with P, in the clear with C.",
    feature: whereTls("PROT"),
    run: protect,
  },
  {
    name: "CCC",
    syntax: "",
    argument: "none",
    isPublic: true,
    source: "RFC 2228 §3, RFC 4217 §5",
    help: "Is refused: the control connection stays under TLS.",
    run: clearControl,
  },
];

/** Clients must send TLS, and older ones send TLS-C for it (RFC 4217 §17); curl tries SSL first. */
const MECHANISMS: ReadonlySet<string> = new Set(["TLS", "TLS-C", "SSL"]);

function whereTls(feature: string): (session: Session) => string | null {
  return ({ settings }) => (settings.tls === null ? null : feature);
}

function authenticate({ settings, isSecure }: Session, argument: string): Outcome {
  if (settings.tls === null) throw new ReplyError(502, "TLS is not available");
  const mechanism = argument.trim().toUpperCase();
  // RFC 2228 §3: 504 for a mechanism that is not understood.
  if (!MECHANISMS.has(mechanism)) throw new ReplyError(504, "Only AUTH TLS is implemented");
  if (isSecure) throw new ReplyError(503, "The connection is under TLS already");
  return followed(reply(234, "Begin with TLS"), "start-tls");
}

function setBufferSize(session: Session, argument: string): Reply {
  // RFC 2228 §3: it "must be preceded by a successful security data exchange", 503 else.
  if (!session.isSecure) throw new ReplyError(503, "Send AUTH TLS first");
  const size = /^\d{1,10}$/.test(argument.trim()) ? Number(argument) : Number.NaN;
  if (!(size < 2 ** 32)) throw new ReplyError(501, "Not a buffer size");
  session.state.hasBufferSize = true;
  // RFC 4217 §9: whatever was asked for, TLS has no use for a size.
  return reply(200, "PBSZ=0");
}

function protect(session: Session, argument: string): Reply {
  const { isSecure, state } = session;
  const level = argument.trim().toUpperCase();
  if (!/^[CSEP]$/.test(level)) throw new ReplyError(504, "There is no such protection level");
  // RFC 2228 §3: 503 before PBSZ.
  if (!isSecure || !state.hasBufferSize) throw new ReplyError(503, "Send AUTH TLS and PBSZ 0 first");
  // RFC 4217 §9: TLS has neither integrity nor confidentiality alone; 536 for those.
  if (level === "S" || level === "E") throw new ReplyError(536, "TLS protects all or nothing: use P or C");
  if (level === "C" && mustProtect(session)) throw new ReplyError(534, "Data connections must be under TLS");
  state.isDataProtected = level === "P";
  return reply(200, `Protection set to ${level}`);
}

/** Whether data connections in the clear are refused, by the service or to the account. */
function mustProtect(session: Session): boolean {
  return session.settings.tls?.require === "data" || (session.isLoggedIn && session.account.requireTls === "data");
}

function clearControl({ isSecure }: Session): Reply {
  // RFC 2228 §3: 533 where there is nothing to clear, 534 where policy does not let it be.
  if (!isSecure) throw new ReplyError(533, "The control connection is in the clear");
  throw new ReplyError(534, "The control connection stays under TLS");
}
