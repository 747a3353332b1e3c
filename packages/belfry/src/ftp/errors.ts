import { OutputError } from "@belfry/netcat";
import { FTPError } from "basic-ftp";
import { EXIT } from "../exit-status.js";
import { Interrupted } from "./interrupted.js";
import { printable } from "./names.js";

/** What `belfry ftp` ends with, beside what every command ends with. */
export const FTP_EXIT = {
  ...EXIT,
  /** The server cannot be reached, or its certificate is not to be trusted. */
  unreachable: 3,
  /** The server does not let the user in. */
  refused: 4,
} as const;

const STATUS = {
  ERR_FTP_COMMAND: FTP_EXIT.failure,
  ERR_FTP_USAGE: FTP_EXIT.usage,
  ERR_FTP_CONNECT: FTP_EXIT.unreachable,
  ERR_FTP_LOGIN: FTP_EXIT.refused,
} as const;

/** Why a command of the FTP client failed; its message is one line for the user. */
export class FtpFailure extends Error {
  override readonly name: string = "FtpFailure";
  /** Stable across releases; the message is not. */
  readonly code: keyof typeof STATUS;

  /** @param doing what was tried: `Cannot get "x"`. */
  constructor(code: keyof typeof STATUS, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** What a script ends with for it. */
  get status(): number {
    return STATUS[this.code];
  }
}

/** A command that was not understood: which is a script's mistake, not the server's. */
export function wordUsage(message: string): FtpFailure {
  return new FtpFailure("ERR_FTP_USAGE", message);
}

/** A command that failed, for a reason of our own. */
export function commandFailure(message: string, cause?: unknown): FtpFailure {
  return new FtpFailure("ERR_FTP_COMMAND", message, { cause });
}

/** Adds to a refused login what a person can do next; other errors stay as they are. */
export function loginFailure(error: unknown, isConnected: boolean): unknown {
  if (!(error instanceof FtpFailure) || error.code !== "ERR_FTP_LOGIN") return error;
  const way = isConnected ? '"user NAME" logs in' : '"open" connects again';
  return new FtpFailure(error.code, `${error.message}; ${way}`, { cause: error });
}

/**
 * Puts what was tried before why it failed: `Cannot get "x": 550 No such file`.
 *
 * What has its words already, the reason of an abort, and an output whose reader has gone, stay as they are.
 */
export function failed(doing: string, error: unknown): unknown {
  const isTold = error instanceof FtpFailure || error instanceof Interrupted || error instanceof OutputError;
  if (isTold || !(error instanceof Error)) return error;
  return commandFailure(`${doing}: ${describe(error)}`, error);
}

/** Why something failed, in one line in which nothing a server sent can move the cursor. */
export function describe(error: unknown): string {
  if (error instanceof FTPError) return replyText(error.message);
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ERR_STREAM_PREMATURE_CLOSE") return "the data connection broke";
  // Errors of the system name the call and the address once more, which the line has said.
  if (typeof code === "string" && /^E[A-Z]+$/.test(code)) return code;
  return replyText(error.message.replace(NO_STRATEGY, "$1"));
}

/** How the library tells that neither EPSV nor PASV worked, around what the server said to the last. */
const NO_STRATEGY = /^None of the available transfer strategies work\. Last error response was '\w+: ([^]*)'\.$/;

/** A reply as one line. */
export function replyText(message: string): string {
  return printable(message.replaceAll(/\s*\n\s*/g, " "));
}
