import { isIP } from "node:net";
import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import { hasControl } from "../protocol/text.js";
import type { Session } from "../session/session.js";
import { followed } from "./verb.js";
import type { Verb } from "./verb.js";

/** Who the client is: USER, PASS, ACCT, REIN, QUIT, HOST. */
export const ACCESS_VERBS: readonly Verb[] = [
  {
    name: "USER",
    syntax: "<SP> name",
    argument: "text",
    isPublic: true,
    source: "RFC 959 §4.1.1",
    help: "Begins a login with the user's name.",
    run: nameUser,
  },
  {
    name: "PASS",
    syntax: "<SP> password",
    argument: "text",
    isOptional: true,
    isPublic: true,
    isSecret: true,
    source: "RFC 959 §4.1.1",
    help: "Completes a login with the password.",
    run: checkPassword,
  },
  {
    name: "ACCT",
    syntax: "<SP> account",
    argument: "text",
    isSecret: true,
    source: "RFC 959 §4.1.1",
    help: "Is accepted and changes nothing: users have one account each.",
    run: () => reply(202, "No account is needed"),
  },
  {
    name: "REIN",
    syntax: "",
    argument: "none",
    isPublic: true,
    source: "RFC 959 §4.1.1",
    help: "Logs out and begins anew; TLS stays, which RFC 4217 §13 would have end.",
    run: reinitialize,
  },
  {
    name: "QUIT",
    syntax: "",
    argument: "none",
    isPublic: true,
    during: "now",
    source: "RFC 959 §4.1.1",
    help: "Ends the session, once a transfer under way is over.",
    run: () => followed(reply(221, "Goodbye"), "close"),
  },
  {
    name: "HOST",
    syntax: "<SP> hostname",
    argument: "text",
    isPublic: true,
    source: "RFC 7151 §3",
    help: "Names the virtual host to log in to.",
    feature: "HOST",
    run: chooseHost,
  },
];

function nameUser(session: Session, user: string): Reply {
  requireTls(session);
  if (hasControl(user)) throw new ReplyError(501, "A user name cannot hold control characters");
  if (session.isLoggedIn) forgetLogin(session);
  session.state.pendingUser = user;
  // The same for every name: whether there is such a user is not told.
  return reply(331, "Send the password with PASS");
}

function checkPassword(session: Session, password: string): Reply | Promise<Reply> {
  requireTls(session);
  const { state } = session;
  const user = state.pendingUser;
  if (user === null) {
    throw new ReplyError(503, session.isLoggedIn ? "Logged in already" : "Send USER first");
  }
  state.pendingUser = null;
  return session.login(user, password);
}

function requireTls({ settings, isSecure }: Session): void {
  if (isSecure || settings.tls === null || settings.tls.require === "none") return;
  throw new ReplyError(530, "Logging in needs TLS: send AUTH TLS first");
}

/**
 * RFC 959 §4.1.1 on USER: "flushing any user, password, and account information already supplied and beginning the login
 * sequence again. All transfer parameters are unchanged".
 */
function forgetLogin(session: Session): void {
  const { form, host, client, facts, hashAlgorithm } = session.state;
  const { isExtendedPassiveOnly, hasBufferSize, isDataProtected } = session.state;
  const kept = { form, host, client, facts, hashAlgorithm, isExtendedPassiveOnly, hasBufferSize, isDataProtected };
  session.reset();
  Object.assign(session.state, kept);
}

function reinitialize(session: Session): Reply {
  session.reset();
  return reply(220, "Ready for a new user");
}

function chooseHost(session: Session, argument: string): Reply {
  // RFC 7151 §3: HOST goes before the login, and is answered with 503 out of its turn.
  if (session.isLoggedIn || session.state.pendingUser !== null) throw new ReplyError(503, "HOST comes before USER");
  const host = readHost(argument);
  if (host === null) throw new ReplyError(501, "Not a host name");
  session.state.host = host;
  return reply(220, "Host accepted");
}

/** A domain name, an IPv4 address, or an IPv6 address in brackets (RFC 7151 §3.1); `null` for anything else. */
function readHost(text: string): string | null {
  const bracketed = /^\[(.*)\]$/.exec(text)?.[1];
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? bracketed.toLowerCase() : null;
  const name = text.endsWith(".") ? text.slice(0, -1) : text;
  const isName = name.length <= 253 && /^[\w-]{1,63}(?:\.[\w-]{1,63})*$/.test(name);
  return isName ? name.toLowerCase() : null;
}
