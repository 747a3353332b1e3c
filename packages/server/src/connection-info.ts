import type { Addr } from "@belfry/net";

/**
 * Where a connection is in its life: waiting for a place or for `admit` to answer, with its service, being flushed and
 * closed after the service has returned, or over.
 */
export type ConnectionState = "waiting" | "serving" | "closing" | "closed";

/** A connection at one moment, as a listing shows it. */
export interface ConnectionInfo {
  readonly id: string;
  readonly localAddr: Addr;
  readonly remoteAddr: Addr;
  /** The proxy's address, where the client came through one that told of it; else `undefined`. */
  readonly proxyAddr: Addr | undefined;
  readonly state: ConnectionState;
  /** When it was opened, or came to wait: milliseconds since the epoch. */
  readonly since: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Bytes written that the kernel has not taken: a peer that does not read shows here. */
  readonly bytesQueued: number;
}
