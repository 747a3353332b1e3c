import { homedir } from "node:os";
import { resolve } from "node:path";
import type { Io } from "../io.js";
import type { Remote, TransferType } from "./remote.js";
import type { Target } from "./target.js";

/** What commands set and others heed. */
export interface FtpState {
  remote: Remote | null;
  /** What the last `open` named, for the next without a name. */
  target: Target | null;
  /** Where `cd -` leads. */
  lastDirectory: string | null;
  /** Absolute: the process's own working directory is left alone. */
  localDirectory: string;
  type: TransferType;
  /** Whether the server makes the data connections. */
  isActive: boolean;
  /** Whether the commands for several files ask about each. */
  isAsking: boolean;
  /** Whether the conversation with the server is shown. */
  isVerbose: boolean;
  /** Whether standard input is where the commands come from, and so holds no file. */
  readonly isInputRead: boolean;
  /** Set by `quit`. */
  isOver: boolean;
}

/** How a question was answered; `null` at the end of the input. */
export type Ask = (question: string, isSecret?: boolean) => Promise<string | null>;

/** What a command of the client works with. */
export interface FtpContext {
  readonly io: Io;
  readonly state: FtpState;
  /** Aborts this one command. */
  readonly signal: AbortSignal;
  /** Asks the user; `null` where nobody sits. */
  readonly ask: Ask | null;
  /** @throws {FtpFailure} when there is no session. */
  readonly remote: () => Remote;
  /** Connects and logs in, in place of the session there is. */
  readonly open: (target: Target) => Promise<void>;
  /** Logs in anew over the connection there is, a password being found or asked for where none is given. */
  readonly logIn: (user: string, password: string | undefined) => Promise<void>;
  /** Ends the session, if there is one. */
  readonly close: () => void;
  /** What was asked for: to standard output, waiting while its reader is slow. */
  readonly say: (text: string) => Promise<void>;
  /** A line beside it, to standard error; nothing with `--quiet`. */
  readonly tell: (line: string) => void;
  /** The server's words, for a person at a terminal alone. */
  readonly reply: (message: string) => void;
}

/** A local name as the user types it, absolute: `~` is the home directory, the rest stands in `lcd`'s. */
export function localPath({ state, io }: Pick<FtpContext, "state" | "io">, name: string): string {
  if (name === "~" || name.startsWith("~/")) return resolve(io.env["HOME"] ?? homedir(), name.slice(2));
  return resolve(state.localDirectory, name);
}
