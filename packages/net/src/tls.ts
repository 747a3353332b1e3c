import type { PeerCertificate, SecureContext, TLSSocket } from "node:tls";

type Pem = string | Uint8Array | readonly (string | Uint8Array)[];

/** What both sides of TLS can set. Certificates and keys are PEM. */
export interface TlsOptions {
  readonly ca?: Pem;
  readonly cert?: Pem;
  readonly key?: Pem;
  readonly passphrase?: string;
  /** Protocols offered by ALPN, most wanted first. */
  readonly alpnProtocols?: readonly string[];
  /** Default `"TLSv1.2"`. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  readonly maxVersion?: "TLSv1.2" | "TLSv1.3";
  /** A context made beforehand, in place of `ca`, `cert` and `key`. */
  readonly secureContext?: SecureContext;
  /** Milliseconds until a handshake that does not end is given up, 0 to 2147483647; `Infinity` is never. Default 5000. */
  readonly handshakeTimeout?: number;
  /**
   * The end of the stream without the peer's close_notify, which anybody on the way can bring about (RFC 8446 §6.1, RFC 5246
   * §7.2.1), breaks the read half with `BrokenError`. Default `false`: it ends the read half like any other end.
   */
  readonly requireCloseNotify?: boolean;
}

/** TLS on the dialling side. The peer's certificate is verified unless that is switched off. */
export interface TlsClientOptions extends TlsOptions {
  /** The name to ask for and to verify. Default: the host that was dialled. */
  readonly servername?: string;
  /** `false` accepts any certificate. Default `true`. */
  readonly rejectUnauthorized?: boolean;
  /** A session of an earlier connection, to resume. */
  readonly session?: Uint8Array;
}

/** TLS on the accepting side; needs `cert` and `key`, or `secureContext`. */
export interface TlsServerOptions extends TlsOptions {
  /** Ask the client for a certificate. Default `false`. */
  readonly requestCert?: boolean;
  /** With `requestCert`: turn away clients whose certificate does not verify. Default `true`. */
  readonly rejectUnauthorized?: boolean;
  /** 48 random bytes that session tickets are made with. Default: different ones for each context. */
  readonly ticketKeys?: Uint8Array;
  /** Sessions are resumed only where it is the same; at most 32 bytes. Default: the same for all of this program. */
  readonly sessionIdContext?: string;
  /** Keeps the sessions of clients that take no tickets. Default: such clients cannot resume. */
  readonly sessions?: TlsSessions;
}

/** Where a server keeps sessions by their ids (RFC 5246 §7.3), for clients that take no tickets. TLS 1.3 has tickets alone. */
export interface TlsSessions {
  /** A handshake has made a session. Both are kept or copied: nobody else changes them. */
  add(id: Uint8Array, session: Uint8Array): void;
  /** The session of that id; `null` when it is not there. */
  find(id: Uint8Array): Uint8Array | null;
}

/** For `startTls`: which side of the handshake this is, and its options. */
export type StartTlsOptions =
  | ({ readonly isServer?: false } & TlsClientOptions)
  | ({ readonly isServer: true } & TlsServerOptions);

/** What a finished handshake agreed on. */
export interface TlsInfo {
  /** `"TLSv1.2"` or `"TLSv1.3"`. */
  readonly protocol: string;
  /** The cipher suite's IETF name. */
  readonly cipher: string;
  /** The protocol ALPN agreed on; `null` without one. */
  readonly alpnProtocol: string | null;
  /** The name the client asked for; `null` without one. */
  readonly servername: string | null;
  /** Whether the peer's certificate was presented and verified. */
  readonly isAuthorized: boolean;
  /** Whether an earlier session was resumed. */
  readonly isSessionReused: boolean;
  /** The peer's certificate; `null` when it presented none. */
  readonly peerCertificate: PeerCertificate | null;
  /** The runtime's own socket, for what is not covered here. */
  readonly socket: TLSSocket;
}
