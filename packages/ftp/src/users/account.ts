import type { PeerCertificate } from "node:tls";
import type { Storage } from "../storage/storage.js";

/**
 * What may be done in a directory and below.
 *
 * `list`: see names, sizes and times, and change into it · `read`: RETR, HASH · `create`: STOR of a new name, STOU · `overwrite`:
 * STOR over a file, APPE, REST + STOR · `delete`: DELE · `rename`: RNFR, RNTO · `makeDirectory`: MKD · `removeDirectory`: RMD ·
 * `setTimes`: MFMT, MFCT, MFF, SITE UTIME · `setMode`: SITE CHMOD, MFF UNIX.mode.
 */
export type Permission =
  | "list"
  | "read"
  | "create"
  | "overwrite"
  | "delete"
  | "rename"
  | "makeDirectory"
  | "removeDirectory"
  | "setTimes"
  | "setMode";

/** `"read"`: list and read. `"upload"`: create and list, nothing else. `"write"`: everything. Or a list of single ones. */
export type PermissionSet = "none" | "read" | "upload" | "write" | readonly Permission[];

/** One set for everything, or one per directory: the longest path that holds the file decides. `"/"` must be among them. */
export type Permissions = PermissionSet | { readonly [directory: string]: PermissionSet };

/**
 * How much the account's storage may hold, whoever has put it there. It is counted at the first login with a quota; accounts that share a
 * storage share the count, each with its own limit.
 */
export interface Quota {
  /** Bytes of all files. Default: no limit. */
  readonly bytes?: number | undefined;
  /** Files and directories. Default: no limit. */
  readonly files?: number | undefined;
}

/** Who has logged in, and what that allows. Made by `authenticate`. */
export interface Account {
  /** What events and logs call them. */
  readonly name: string;
  /** Where their files are. Two accounts may share one. With a quota: the same object at each login, for the count is kept by it. */
  readonly storage: Storage;
  /** The directory a session begins in. Default `"/"`. */
  readonly home?: string | undefined;
  /** Default `"read"`. */
  readonly permissions?: Permissions | undefined;
  readonly quota?: Quota | undefined;
  /** Bytes a second for each upload. Default: no limit. */
  readonly uploadRate?: number | undefined;
  /** Bytes a second for each download. Default: no limit. */
  readonly downloadRate?: number | undefined;
  /** Sessions of this account at a time. Default: no limit. */
  readonly maxSessions?: number | undefined;
  /** Text of the reply to a successful login. */
  readonly greeting?: string | undefined;
  /** Refuse the account unless the control connection is under TLS; `"data"`: and the data connections too. */
  readonly requireTls?: boolean | "data" | undefined;
}

/** What a client has shown of itself when it logs in. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  /** The virtual host asked for by HOST (RFC 7151), else by TLS's server name; `null` without either. */
  readonly host: string | null;
  /** The client's certificate, verified; `null` without one. */
  readonly certificate: PeerCertificate | null;
}

/** What `authenticate` may know of the session that asks. */
export interface LoginAttempt {
  readonly sessionId: string;
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly isSecure: boolean;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/**
 * The one hook of logging in. Gives the account, or `null` for a wrong name or password; what it throws is answered with
 * 451 and told as an event. It should take as long for a name it does not know as for a wrong password.
 */
export type Authenticate = (
  credentials: Credentials,
  attempt: LoginAttempt,
) => Account | null | Promise<Account | null>;
