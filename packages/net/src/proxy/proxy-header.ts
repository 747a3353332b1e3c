import type { Addr } from "../addr.js";

/** What a proxy tells of the TLS that its client spoke to it. */
export interface ProxyTls {
  /** Whether the client came over TLS at all. */
  readonly isTls: boolean;
  /** Whether the client showed a certificate, on this connection or on the one whose session it resumed. */
  readonly hasCertificate: boolean;
  /** Whether the proxy has verified that certificate. */
  readonly isVerified: boolean;
  /** As the proxy writes it: `"TLSv1.3"`. */
  readonly version?: string | undefined;
  /** The common name in the client's certificate. */
  readonly commonName?: string | undefined;
  readonly cipher?: string | undefined;
  readonly signatureAlgorithm?: string | undefined;
  readonly keyAlgorithm?: string | undefined;
}

/** What version 2 of the protocol can tell beside the addresses. */
export interface ProxyDetails {
  /** The host name the client asked for: SNI, or the like. */
  readonly authority?: string | undefined;
  /** The protocol that ALPN agreed on between client and proxy. */
  readonly alpn?: string | undefined;
  /** The connection's id at the proxy, opaque; at most 128 bytes. */
  readonly uniqueId?: Uint8Array | undefined;
  readonly tls?: ProxyTls | undefined;
  /** The proxy's network namespace. */
  readonly namespace?: string | undefined;
}

/**
 * A header of the PROXY protocol: who a proxy connects for.
 *
 * @see https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
 */
export interface ProxyHeader extends ProxyDetails {
  readonly version: 1 | 2;
  /**
   * The client, and what it dialled; `null` where the proxy does not say: a connection of its own, such as a health check
   * (`LOCAL`), or a kind of address that has no form here (`UNKNOWN`, `AF_UNSPEC`).
   */
  readonly ends: { readonly remoteAddr: Addr; readonly localAddr: Addr } | null;
}

/** The protocol in which a connection arrived that came through a proxy, and the connection as it is without that. */
export interface ProxyInfo extends ProxyDetails {
  readonly version: 1 | 2;
  /** The proxy's own address. */
  readonly remoteAddr: Addr;
  /** What the proxy dialled. */
  readonly localAddr: Addr;
}

/** An error that says why this is no PROXY header. */
export function malformed(why: string): Error {
  return new Error(`the PROXY header is malformed: ${why}`);
}
