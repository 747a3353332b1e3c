import type { Addr } from "@belfry/net";
import type { AcceptErrorKind } from "./accept-errors.js";

/**
 * Why a connection was turned away unserved.
 *
 * - `full`: `maxConns` were being served and `maxWaiting` waited.
 * - `network`: its address is in `refuse`, or not in `allow`.
 * - `address`: its address had `maxConnsPerAddress` already.
 * - `policy`: `admit` said no, or failed to answer.
 * - `descriptors`: the process is about to run out of file descriptors.
 * - `draining`: the server goes down.
 * - `abandoned`: the peer left the waiting room before its turn.
 * - `kicked`: `kick` was called for it before it was served.
 */
export type RefusalReason =
  | "full"
  | "network"
  | "address"
  | "policy"
  | "descriptors"
  | "draining"
  | "abandoned"
  | "kicked";

/**
 * Why a connection ended.
 *
 * - `returned`: the service has returned.
 * - `failed`: the service, or a task of its group, threw.
 * - `broken`: the peer or the network broke it, and the service passed that error on.
 * - `idle`: the peer was silent for the idle timeout.
 * - `kicked`: `kick` was called for it.
 * - `cut`: the drain ran out of time, or the server was closed.
 */
export type CloseReason = "returned" | "failed" | "broken" | "idle" | "kicked" | "cut";

/** What every event carries. */
export interface ServerEvent {
  /** The server's name. */
  readonly server: string;
}

/** What every event about a connection carries. */
export interface PeerEvent extends ServerEvent {
  /** The client's address. */
  readonly remoteAddr: Addr;
  /** The proxy's address, where the client came through one that told of it; else `undefined`. */
  readonly proxyAddr: Addr | undefined;
}

/** The server accepts connections. Told in the tick after `serve` has resolved, so that no subscriber misses it. */
export interface ListeningEvent extends ServerEvent {
  readonly addr: Addr;
}

/** A connection was put into the waiting room. */
export interface WaitingEvent extends PeerEvent {
  readonly id: string;
  /** Its place in the line; 1 is served next. */
  readonly position: number;
}

/** A connection is about to be handed to the service. */
export interface OpenedEvent extends PeerEvent {
  readonly id: string;
  readonly localAddr: Addr;
  /** Milliseconds it waited, for a place or for `admit` to answer; 0 for a connection that did not. */
  readonly waited: number;
}

/** A connection is over and its place is free again. */
export interface ClosedEvent extends PeerEvent {
  readonly id: string;
  readonly reason: CloseReason;
  /** What ended it; `undefined` when the service returned. */
  readonly error: unknown;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Milliseconds since it was opened. */
  readonly duration: number;
}

/** A service, or a task of its group, threw. `closed` follows. */
export interface FailedEvent extends PeerEvent {
  readonly id: string;
  readonly error: unknown;
}

/** A connection was turned away unserved, with a reset. */
export interface RefusedEvent extends PeerEvent {
  readonly reason: RefusalReason;
}

/** The hook `admit` threw, rejected, or answered with something else than a boolean; or `onReleased` threw. */
export interface PolicyFailedEvent extends ServerEvent {
  readonly remoteAddr: Addr;
  readonly error: unknown;
}

/** The listener could not accept a connection. */
export interface AcceptFailedEvent extends ServerEvent {
  readonly error: unknown;
  readonly kind: Exclude<AcceptErrorKind, "closed">;
}

/** The system is short of something, so connections are not accepted, or are refused, for a while. */
export interface BackedOffEvent extends ServerEvent {
  /** What ran short: `descriptors` when our own count says so, else the system's code. */
  readonly shortage: string;
  /** Milliseconds until the next try. */
  readonly delay: number;
}

/** The server has begun to shut down: it accepts no more, and its services have been told. */
export interface DrainingEvent extends ServerEvent {
  /** Connections whose service is under way. */
  readonly open: number;
  /** Milliseconds they have. */
  readonly timeout: number;
}

/** The server is down. */
export interface FinishedEvent extends ServerEvent {
  /** Connections that ended by themselves after the shutdown began. */
  readonly drained: number;
  /** Connections that were reset. */
  readonly cut: number;
  /** What brought the server down when nobody asked it to; else `undefined`. */
  readonly error: unknown;
}

/** The events of a server, by name. */
export interface ServerEvents {
  readonly listening: ListeningEvent;
  readonly waiting: WaitingEvent;
  readonly opened: OpenedEvent;
  readonly closed: ClosedEvent;
  readonly failed: FailedEvent;
  readonly refused: RefusedEvent;
  readonly policyFailed: PolicyFailedEvent;
  readonly acceptFailed: AcceptFailedEvent;
  readonly backedOff: BackedOffEvent;
  readonly suspended: ServerEvent;
  readonly resumed: ServerEvent;
  readonly draining: DrainingEvent;
  readonly finished: FinishedEvent;
}

/** The name of an event of a server. */
export type ServerEventName = keyof ServerEvents;
