import type { Permissions } from "@belfry/ftp";
import type { TransferLogFormat } from "../../ftpd/transfer-log.js";
import type { CommonServiceConfig, Duration, TlsConfig } from "./common-config.js";

/** TLS of an FTP service: after AUTH TLS, unless it is implicit. */
export interface FtpTlsConfig extends TlsConfig {
  /** What must be under TLS: nothing, the login, or data connections too. Default `"none"`. */
  readonly require?: "none" | "login" | "data" | undefined;
  /** TLS from the first byte, without AUTH, as on port 990. Default `false`. */
  readonly implicit?: boolean | undefined;
  /** Data connections must resume the TLS session of their control connection. Default `false`. */
  readonly requireSessionReuse?: boolean | undefined;
}

/** Somebody who may log in, by one of `password` and `passwordHash`. */
export interface FtpUserConfig {
  readonly name: string;
  /** In the clear; better from the environment: `"${ANN_PASSWORD}"`. */
  readonly password?: string | undefined;
  /** As `belfry ftpd passwd` makes it. */
  readonly passwordHash?: string | undefined;
  /** The directory they see. Default: the service's `root`. */
  readonly root?: string | undefined;
  /** The directory a session begins in. Default `"/"`. */
  readonly home?: string | undefined;
  /** `"none"`, `"read"`, `"upload"`, `"write"`, a list of single ones, or one of these for each directory. Default `"write"`. */
  readonly permissions?: Permissions | undefined;
  /** What their storage may hold; each worker counts for itself. Default: no limit. */
  readonly quota?: { readonly bytes?: number | undefined; readonly files?: number | undefined } | undefined;
  /** Bytes a second for each upload. Default: no limit. */
  readonly uploadRate?: number | undefined;
  /** Bytes a second for each download. Default: no limit. */
  readonly downloadRate?: number | undefined;
  /** Sessions at a time, over all workers. Default: no limit. */
  readonly maxSessions?: number | undefined;
  /** Text of the reply to the login. */
  readonly greeting?: string | undefined;
  /** Not in the clear; `"data"`: data connections neither. Default `false`. */
  readonly requireTls?: boolean | "data" | undefined;
}

/** What keeps passwords from being guessed, over all workers. */
export interface FtpThrottleConfig {
  /** Failed logins on one connection. Default 3. */
  readonly attemptsPerSession?: number | undefined;
  /** Failed logins from one address within `window`. Default 20. */
  readonly attemptsPerAddress?: number | undefined;
  /** Failed logins of one user from one address within `window`. Default 10. */
  readonly attemptsPerUser?: number | undefined;
  /** Default 10 minutes. */
  readonly window?: Duration | undefined;
  /** How long a ban lasts. Default 15 minutes. */
  readonly banTime?: Duration | undefined;
  /** How long the answer to a failed login takes at least. Default 500 ms. */
  readonly delay?: Duration | undefined;
}

/** Serves files by FTP and FTPS. */
export interface FtpServiceConfig extends Omit<CommonServiceConfig, "tls"> {
  readonly use: "ftp";
  readonly tls?: FtpTlsConfig | undefined;
  /** What is served. Default: the directory of the config file. */
  readonly root?: string | undefined;
  readonly users?: readonly FtpUserConfig[] | undefined;
  /** Users from a file, a line each, as `belfry ftpd passwd` makes them. */
  readonly usersFile?: string | undefined;
  /** Lets anybody in, as `anonymous`; `true` is to read. Default: where nobody else is let in, to read. */
  readonly anonymous?: boolean | "read" | "write" | "upload" | undefined;
  /** Nobody may change anything. Default `false`. */
  readonly readOnly?: boolean | undefined;
  /** Permission bits that new files do not get, in octal, in quotes. Default `"022"`. */
  readonly umask?: string | undefined;
  /** Uploads take their name when they are complete. Default `true`. */
  readonly atomicUploads?: boolean | undefined;
  /** An upload is answered only once the disk has it. Default `false`. */
  readonly fsync?: boolean | undefined;
  /** Line ends are left alone, whatever TYPE a client asks for. Default `false`. */
  readonly binary?: boolean | undefined;
  /** Ports for data connections: `"50000-50100"`. Default: any. */
  readonly passivePorts?: string | undefined;
  /** What PASV announces: an address, a name, or `"NETWORK=ADDRESS"` for clients of a network; one or several. */
  readonly externalAddress?: string | readonly string[] | undefined;
  /** Whether PORT and EPRT may be used. Default `true`. */
  readonly active?: boolean | undefined;
  /** `false` lets passwords be guessed. */
  readonly throttle?: false | FtpThrottleConfig | undefined;
  /** How long a client may take to log in. Default 1 minute. */
  readonly loginTimeout?: Duration | undefined;
  /** How long a data connection may take to come about. Default 30 s. */
  readonly dataTimeout?: Duration | undefined;
  /** How long a transfer may move no byte. Default 2 minutes. */
  readonly stallTimeout?: Duration | undefined;
  /** Adds a SHA-256 of each file to JSON logs. Default `false`. */
  readonly digests?: boolean | undefined;
  /** A line for each transfer goes to this file. */
  readonly transferLog?: string | undefined;
  /** Default `"xferlog"`. */
  readonly transferLogFormat?: TransferLogFormat | undefined;
}
