import {
  BusyError as SyncBusyError,
  ClosedError as SyncClosedError,
  DeadlineError as SyncDeadlineError,
} from "@belfry/sync";
import type { Addr } from "./addr.js";
import { describeErrno } from "./system-error.js";

/** Which operation on which connection failed. */
export interface ErrorOrigin {
  /** The operation, in the words of the interface: `read`, `write`, `dial`, `accept` … */
  readonly op: string;
  readonly localAddr?: Addr | undefined;
  readonly remoteAddr?: Addr | undefined;
  /** The descriptor, where the operation was on one that has no address yet. */
  readonly fd?: number | undefined;
}

/** You closed it: the connection or listener was closed on this side. */
export class ClosedError extends SyncClosedError {
  readonly op: string;
  readonly localAddr: Addr | undefined;
  readonly remoteAddr: Addr | undefined;

  constructor(origin: ErrorOrigin, options?: ErrorOptions) {
    super(`Cannot ${describe(origin)}: closed`, options);
    this.op = origin.op;
    this.localAddr = origin.localAddr;
    this.remoteAddr = origin.remoteAddr;
  }
}

/** The wait ran past its deadline. No byte is lost, and a later deadline makes the connection usable again. */
export class DeadlineError extends SyncDeadlineError {
  readonly op: string;
  readonly localAddr: Addr | undefined;
  readonly remoteAddr: Addr | undefined;

  constructor(origin: ErrorOrigin, options?: ErrorOptions) {
    super(`Cannot ${describe(origin)}: deadline exceeded`, options);
    this.op = origin.op;
    this.localAddr = origin.localAddr;
    this.remoteAddr = origin.remoteAddr;
  }
}

/** Another task is already in this operation, which admits one at a time. */
export class BusyError extends SyncBusyError {
  readonly op: string;
  readonly localAddr: Addr | undefined;
  readonly remoteAddr: Addr | undefined;

  constructor(origin: ErrorOrigin, options?: ErrorOptions) {
    super(`Cannot ${describe(origin)}: another task is in this operation`, options);
    this.op = origin.op;
    this.localAddr = origin.localAddr;
    this.remoteAddr = origin.remoteAddr;
  }
}

/** The peer or the network broke it; `cause` is the system's error. */
export class BrokenError extends Error {
  override readonly name: string = "BrokenError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_BROKEN";
  readonly op: string;
  readonly localAddr: Addr | undefined;
  readonly remoteAddr: Addr | undefined;

  constructor(origin: ErrorOrigin, cause: unknown) {
    super(`Cannot ${describe(origin)}: ${reasonOf(cause)}`, { cause });
    this.op = origin.op;
    this.localAddr = origin.localAddr;
    this.remoteAddr = origin.remoteAddr;
  }
}

/** A line, frame or record is longer than its reader allows. */
export class LineTooLongError extends Error {
  override readonly name: string = "LineTooLongError";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_LINE_TOO_LONG";
  /** The limit that was passed, in bytes. */
  readonly maxLength: number;

  constructor(what: string, maxLength: number) {
    super(`Cannot read ${what}: longer than ${maxLength} bytes`);
    this.maxLength = maxLength;
  }
}

function describe({ op, remoteAddr, localAddr, fd }: ErrorOrigin): string {
  if (remoteAddr !== undefined) return `${op} ${PREPOSITIONS[op] ?? "on "}${remoteAddr}`;
  if (localAddr !== undefined) return `${op} on ${localAddr}`;
  return fd === undefined ? op : `${op} on descriptor ${fd}`;
}

const PREPOSITIONS: Readonly<Record<string, string>> = {
  dial: "",
  accept: "from ",
  read: "from ",
  closeRead: "from ",
  receive: "from ",
  write: "to ",
  send: "to ",
};

/** The system's code where there is one, for that is what people search for, and what it means. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code, errno } = cause as NodeJS.ErrnoException;
  if (typeof code !== "string") return cause.message;
  // OpenSSL's message is a line of its error queue; the reason is the part that is meant for people.
  if ("reason" in cause && typeof cause.reason === "string" && code.startsWith("ERR_SSL_"))
    return `${code} ${cause.reason}`;
  const meaning = MEANINGS[code] ?? (errno === undefined ? undefined : describeErrno(errno)?.[1]);
  return meaning === undefined ? `${code} ${cause.message}` : `${code} ${meaning}`;
}

/** What the resolver's codes mean; the system's own table does not have them. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOTFOUND: "name does not resolve",
  EAI_AGAIN: "name server does not answer",
};
