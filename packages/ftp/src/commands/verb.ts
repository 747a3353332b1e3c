import type { Reply } from "../protocol/reply.js";
import type { Session } from "../session/session.js";
import type { Permission } from "../users/account.js";

/** What a verb takes behind its name. A path may hold anything but control characters, and begin and end with spaces. */
export type ArgumentKind = "none" | "text" | "path";

/** One command of FTP. Dispatch, HELP, FEAT, the checks before it runs and the page of RFC compliance all read this. */
export interface Verb {
  /** In capitals. */
  readonly name: string;
  /** What follows the name, as HELP shows it: `<SP> pathname`; empty for none. Optional parts in brackets. */
  readonly syntax: string;
  readonly argument: ArgumentKind;
  /** Whether the argument may be left out. */
  readonly isOptional?: boolean;
  /** Whether it may be used before the login. */
  readonly isPublic?: boolean;
  /** Whether its argument is a secret, which no event and no log shows. */
  readonly isSecret?: boolean;
  /** Whether it needs PASV, EPSV, PORT or EPRT before it; then 425 without, and 521 in the clear where TLS is required. */
  readonly needsData?: boolean;
  /**
   * What the account must be allowed to do with the path the argument names (the working directory without one). Seen to by dispatch
   * for a `"path"` verb, and by `run` where the path is known only there.
   */
  readonly permission?: Permission;
  /**
   * While other work of the session is under way: `"wait"` for its turn (the default), answer `"now"`, or be run `"alone"`, with nobody
   * reading from the control connection meanwhile.
   */
  readonly during?: "now" | "wait" | "alone";
  /** Where it is specified: `RFC 959 §4.1.3`, or a draft's name. */
  readonly source: string;
  /** One sentence for HELP and the page of RFC compliance. */
  readonly help: string;
  /** What FEAT says, where it does: a line, or a function of what the session may use. */
  readonly feature?: string | ((session: Session) => string | null);
  /**
   * Does it. The path argument of a `"path"` verb is the virtual path it resolves to.
   *
   * @throws {ReplyError} to be answered with its reply; {@link StorageError} with that of its code; anything else with 451 and a `failed` event.
   */
  run(session: Session, argument: string): Outcome | Promise<Outcome>;
}

/** The final reply to a command, with what is to follow it where something is. */
export type Outcome = Reply | { readonly reply: Reply; readonly then: "close" | "start-tls" };

/** A reply with what is to follow it. */
export function followed(reply: Reply, then: "close" | "start-tls"): Outcome {
  // oxlint-disable-next-line unicorn/no-thenable -- it is no function, so awaiting an outcome gives the outcome
  return { reply, then };
}
