import type { SessionInfo } from "./session/session-info.js";

/** A client's transfer of one file, over. */
export interface TransferEvent {
  readonly session: SessionInfo;
  /** The account's name. */
  readonly user: string;
  /** The virtual path. */
  readonly path: string;
  /** Bytes of the file that went over, compression and line ends aside. */
  readonly bytes: number;
  /** Where in the file it began. */
  readonly start: number;
  /** Milliseconds from the command to the end. */
  readonly duration: number;
  /** Whether all of it has arrived: a download was taken to the end the file had when it was opened, an upload ended properly and is in its place. */
  readonly isComplete: boolean;
  /** Why not; `null` when complete. */
  readonly error: Error | null;
  /** SHA-256 of the bytes in hex, with the option `digests`, for a transfer from the file's start; else `null`. */
  readonly digest: string | null;
  /** `"STOR"`, `"APPE"`, `"STOU"`, `"RETR"`. */
  readonly verb: string;
  /** `"A"`: line ends were converted. `"I"`: the bytes as they are. */
  readonly type: "A" | "I";
}

/** A change of one path by a client. */
export interface PathEvent {
  readonly session: SessionInfo;
  readonly user: string;
  readonly path: string;
}

/** What an FTP service tells, beside what its server tells of connections. */
export interface FtpEvents {
  /** A client has logged in. */
  readonly login: { readonly session: SessionInfo; readonly user: string };
  /** A login was refused. `user` is what was sent. */
  readonly loginFailed: {
    readonly session: SessionInfo;
    readonly user: string;
    readonly reason: "credentials" | "banned" | "limit" | "policy" | "error";
    /** What `authenticate` threw, with `"error"`. */
    readonly error: unknown;
  };
  /** A logged-in session has ended, or has logged in anew. */
  readonly logout: { readonly session: SessionInfo; readonly user: string };
  readonly upload: TransferEvent;
  readonly download: TransferEvent;
  readonly delete: PathEvent;
  /** `path` is the old one, `to` the new one. */
  readonly rename: PathEvent & { readonly to: string };
  readonly makeDirectory: PathEvent;
  readonly removeDirectory: PathEvent;
  /** An address or a user is turned away from now on. */
  readonly ban: {
    readonly kind: "address" | "user";
    readonly key: string;
    /** Milliseconds since the epoch. */
    readonly until: number;
  };
  /** A command failed for a reason that is the server's, or a storage's: the client was told 451 and no more. */
  readonly failed: { readonly session: SessionInfo; readonly verb: string; readonly error: unknown };
  /** A command and the final reply to it. Passwords are left out. */
  readonly command: {
    readonly session: SessionInfo;
    readonly verb: string;
    readonly argument: string;
    readonly code: number;
  };
}

/** The names of {@link FtpEvents}. */
export type FtpEventName = keyof FtpEvents;
