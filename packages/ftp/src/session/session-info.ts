/** A session at one moment, as events and listings show it. */
export interface SessionInfo {
  /** The connection's id, as in `ftp#17`. */
  readonly id: string;
  /** IP address of the client. */
  readonly remoteAddress: string;
  readonly localAddress: string;
  /** Whether the control connection is under TLS. */
  readonly isSecure: boolean;
  /** The account's name; `null` before the login. */
  readonly user: string | null;
  /** The working directory. */
  readonly directory: string;
  /** What CLNT or CSID said of the client; `null` without it. */
  readonly client: string | null;
  /** The transfer under way; `null` without one. */
  readonly transfer: { readonly verb: string; readonly path: string; readonly bytes: number } | null;
}
