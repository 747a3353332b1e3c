import type { TlsServerOptions } from "@belfry/net";
import type { BeforeHook } from "./session/before-hook.js";
import type { Storage } from "./storage/storage.js";
import type { Authenticate } from "./users/account.js";
import type { LoginCounts } from "./users/login-counts.js";
import type { ThrottleOptions } from "./users/throttle.js";
import type { PassiveOptions } from "./data/passive-options.js";

/** TLS of an FTP service (RFC 4217). */
export interface FtpTlsOptions {
  /**
   * The certificate and key, or what gives them: it is asked for each session, so that a new certificate is used without a
   * restart. Give the same object for the same certificate; a TLS context costs a millisecond and is kept for each.
   */
  readonly credentials: TlsServerOptions | (() => TlsServerOptions);
  /** What must be under TLS: nothing, the login and all behind it, or data connections too. Default `"none"`. */
  readonly require?: "none" | "login" | "data" | undefined;
  /** TLS from the first byte, without AUTH, as on port 990. Default `false`. */
  readonly isImplicit?: boolean | undefined;
  /**
   * A data connection must resume a TLS session of its own control connection, so that nobody else can take it. Some clients cannot.
   * Default `false`.
   */
  readonly requireSessionReuse?: boolean | undefined;
  /** An upload that ends without close_notify is incomplete (RFC 8446 §6.1). Default `true`. */
  readonly requireCloseNotify?: boolean | undefined;
}

/** Options of `ftp`. Times are milliseconds; `Infinity` and 0 are none. */
export interface FtpOptions {
  /** The directory everybody is given, read only and without a password, when there is no `authenticate`. Default: the working directory. */
  readonly root?: string | undefined;
  /** The same, in place of a directory of the local disk. */
  readonly storage?: Storage | undefined;
  /** Who may log in, and to what. Default: anybody as `anonymous` or `ftp`, who may read. */
  readonly authenticate?: Authenticate | undefined;
  /** The first line clients see. Default `"Ready"`. */
  readonly banner?: string | undefined;
  /** Default: everything in the clear. */
  readonly tls?: FtpTlsOptions | undefined;
  /** Passive mode: ports and addresses; `false` switches it off. Default: any port, the address the client has reached. */
  readonly passive?: PassiveOptions | false | undefined;
  /** Whether PORT and EPRT may be used, and then to the client's own address alone. Default `true`. */
  readonly active?: boolean | undefined;
  /** Login throttling and bans; `false` switches them off. */
  readonly throttle?: ThrottleOptions | false | undefined;
  /** Where failed logins, bans and the sessions of accounts are counted, for several processes together. Default: this one's memory. */
  readonly loginCounts?: LoginCounts | undefined;
  /** Sessions at a time; one more is told 421. Default: no limit but that of `serve`. */
  readonly maxSessions?: number | undefined;
  /** The same for one remote address; of IPv6 the first 64 bits, which one subscriber has at least. Default: no limit. */
  readonly maxSessionsPerAddress?: number | undefined;
  /** How long a session may send no command while nothing is under way; then 421. Default 300,000. */
  readonly idleTimeout?: number | undefined;
  /** How long a client may take to log in. Default 60,000. */
  readonly loginTimeout?: number | undefined;
  /** How long a data connection may take to come about. Default 30,000. */
  readonly dataTimeout?: number | undefined;
  /** How long a transfer may move no byte; then 426. Default 120,000. */
  readonly stallTimeout?: number | undefined;
  /** Bytes in a command line. Default 8192. */
  readonly maxLineLength?: number | undefined;
  /**
   * Commands a session may send ahead while one is under way; then it is not read from. A long one counts once for each 128 characters.
   * Default 1024.
   */
  readonly maxPending?: number | undefined;
  /**
   * Whether TYPE A converts line ends, as RFC 959 §3.1.1.1 has it. With `false` it is accepted and the bytes go as they are, which saves the
   * pictures of devices that never send TYPE I. Default `true`.
   */
  readonly convertsLineEnds?: boolean | undefined;
  /** Whether FEAT names MODE Z. Some clients compress whenever it does, at a price in CPU time. It works in any case. Default `false`. */
  readonly advertisesCompression?: boolean | undefined;
  /** Whether `upload` and `download` events carry a SHA-256 of what went over. Default `false`. */
  readonly digests?: boolean | undefined;
  /** Asked before files and directories are touched; it throws to refuse. */
  readonly before?: BeforeHook | undefined;
}
