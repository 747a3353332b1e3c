import type { Command } from "../protocol/command-line.js";
import { ReplyError } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import { failureReply } from "./failure.js";
import { isDeclined } from "./declined.js";
import type { Outcome, Verb } from "./verb.js";
import { findVerb } from "./verbs.js";

/**
 * Runs a command: finds its verb, sees that the session may use it so, resolves the path it names and runs it. What is
 * thrown on the way becomes a reply, so this neither throws nor rejects.
 *
 * @returns at once where the verb does, so that its reply leaves in the same tick.
 */
export function dispatch(session: Session, command: Command): Outcome | Promise<Outcome> {
  const { state } = session;
  // RFC 959 §4.1.3 on RNFR: "This command must be immediately followed by a 'rename to' command".
  if (command.verb !== "RNTO") state.renameFrom = null;
  try {
    const verb = findVerb(command.verb);
    if (verb === null) throw unknown(command.verb);
    const outcome = verb.run(session, prepare(session, verb, command.argument));
    return outcome instanceof Promise ? outcome.catch((error) => refuse(session, command, error)) : outcome;
  } catch (error) {
    return refuse(session, command, error);
  }
}

function unknown(name: string): ReplyError {
  // RFC 959 §4.2.2 has 502 for what the protocol knows and this server does not, and 500 for what neither does.
  if (isDeclined(name)) return new ReplyError(502, `${name} is not implemented`);
  return new ReplyError(500, "Unknown command");
}

/** @returns the argument as `run` is to get it. */
function prepare(session: Session, verb: Verb, argument: string): string {
  if (verb.isPublic !== true && !session.isLoggedIn) throw new ReplyError(530, "Log in with USER and PASS");
  checkArity(verb, argument);
  if (verb.needsData === true) checkData(session);
  if (verb.argument === "text") return argument;
  const path = argument === "" ? session.state.directory : session.resolve(argument);
  if (verb.permission !== undefined) session.authorize(verb.permission, path);
  return path;
}

function checkArity({ name, argument: kind, isOptional }: Verb, argument: string): void {
  if (kind === "none" && argument.trim() !== "") throw new ReplyError(501, `${name} takes no argument`);
  if (kind !== "none" && argument === "" && isOptional !== true) throw new ReplyError(501, `${name} needs an argument`);
}

function checkData({ settings, state, account, data }: Session): void {
  const isRequired = settings.tls?.require === "data" || account.requireTls === "data";
  // RFC 4217: "521 Data connection cannot be opened with this PROT setting".
  if (isRequired && !state.isDataProtected)
    throw new ReplyError(521, "Data connections must be under TLS: send PROT P");
  if (!data.isReady) throw new ReplyError(425, "Send PASV, EPSV, PORT or EPRT first");
}

function refuse(session: Session, { verb }: Command, error: unknown): Outcome {
  // Neither RNFR nor REST outlives the command it was for, also when that was refused.
  session.state.renameFrom = null;
  if (findVerb(verb)?.needsData === true) session.state.restartAt = 0;
  return failureReply(session, verb, error);
}
