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
  /** Milliseconds until a handshake that does not end is given up. Default 5000. */
  readonly handshakeTimeout?: number;
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
