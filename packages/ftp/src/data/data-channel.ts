import type { Conn } from "@belfry/net";
import type { HostPort } from "../protocol/host-port.js";
import type { Cancellation } from "./cancellation.js";

/** How a session comes by its data connections, one for each transfer. */
export interface DataChannel {
  /** Whether PASV, EPSV, PORT or EPRT has said where the next data connection comes from, and it was not used up. */
  readonly isReady: boolean;

  /**
   * Listens, or goes on listening on what it listens on, and forgets connections that came for an earlier transfer. Once the
   * session's listener exists this returns without waiting, so that the reply leaves in the same tick.
   *
   * @param family what PASV (always 4) or EPSV asks for; `null`: that of the control connection.
   * @returns where the client is to connect to: the external address for `"ipv4"`, the listening port for both.
   * @throws {ReplyError} 522 for a family the control connection does not have (RFC 2428 §3); 425 when no port of the range is free; 502
   * when passive mode is switched off.
   */
  listen(family: "ipv4" | "ipv6" | null): HostPort | Promise<HostPort>;

  /**
   * Remembers where to dial, for PORT and EPRT.
   *
   * @throws {ReplyError} 501 for an address that is not the control connection's peer or a port below 1024 (RFC 2577 §3); 502 when active mode is
   * switched off; 522 for the other address family.
   */
  dialLater(target: HostPort): void;

  /**
   * The data connection of one transfer: accepted or dialled, then under TLS where `isProtected`. Connections of other addresses than the control
   * peer's are dropped without a word while it goes on waiting.
   *
   * @throws {ReplyError} 425 when it does not come about in time; 522 when TLS is refused or a session of the control connection
   * was to be resumed and was not.
   */
  open(options: OpenOptions): Promise<Conn>;

  /** Takes back what PASV, EPSV, PORT or EPRT has said: who logs in next has not asked for it. */
  forget(): void;

  /** Closes the listener and whatever waits there. */
  close(): Promise<void>;
}

/** Options of {@link DataChannel.open}. */
export interface OpenOptions {
  /** Ends the wait with its reason. Nobody else is to be told of it meanwhile. */
  readonly cancellation: Cancellation;
  /** PROT P is in force. */
  readonly isProtected: boolean;
  /** The client sends: an end without close_notify must be told from a proper one (RFC 8446 §6.1). */
  readonly isUpload: boolean;
}
