import type { Addr, Address } from "./addr.js";
import type { Deadline, WaitOptions } from "./conn.js";

/** One datagram and where it came from. */
export interface Packet {
  /** The payload, the caller's to keep. */
  readonly data: Uint8Array;
  readonly from: Addr;
}

/** Options of `listenPacket` and `dialPacket`. */
export interface PacketOptions {
  /** The most datagrams that wait for a receiver; further ones are dropped and counted. Default 1024. */
  readonly capacity?: number | undefined;
}

/**
 * A UDP socket. Datagrams arrive whole, in any order, or not at all.
 *
 * Any number of tasks may receive and send at once. What nobody receives waits in a bounded queue; past its bound the
 * newest are dropped and counted.
 */
export interface PacketConn extends AsyncIterable<Packet>, AsyncDisposable {
  readonly localAddr: Addr;
  /** The one peer of a dialled socket; `null` for a listening one. */
  readonly remoteAddr: Addr | null;
  /** Datagrams that arrived and were dropped because the queue was full. */
  readonly dropped: number;
  /** Resolves, and never rejects, once the descriptor is released. */
  readonly closed: Promise<void>;

  /**
   * Takes the next datagram.
   *
   * @throws {DeadlineError} past the deadline.
   * @throws {ClosedError} once closed, for waits under way too.
   * @throws {BrokenError} when the system reports an error, as a refused port does on a dialled socket.
   */
  receive(options?: WaitOptions): Promise<Packet>;

  /**
   * Sends one datagram: to the peer of a dialled socket, else to `to`.
   *
   * @throws {TypeError} when `to` is missing on a listening socket or given on a dialled one.
   */
  send(data: Uint8Array | string, to?: Address): Promise<void>;

  /** Sets the moment past which `receive` rejects with `DeadlineError`; `null` for none. */
  setReadDeadline(at: Deadline): void;

  /** Idempotent. */
  close(): Promise<void>;
}
