import type { Addr } from "./addr.js";
import type { ProxyInfo } from "./proxy/proxy-header.js";
import type { StartTlsOptions, TlsInfo } from "./tls.js";

/** Options of a wait that can be called off. */
export interface WaitOptions {
  /** Aborting rejects the wait with `signal.reason`; no byte is lost by it. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link Conn.read}. */
export interface ReadOptions extends WaitOptions {
  /** The most bytes to return, at least 1. Default: whatever has arrived. */
  readonly max?: number | undefined;
}

/** A moment: a `Date`, milliseconds since the epoch, or `null` for none. */
export type Deadline = Date | number | null;

/**
 * A connection: two byte streams, one each way, that end independently.
 *
 * The read half and the write half may be used by different tasks at the same time. Within the read half one task
 * waits at a time (a second is turned away with `BusyError`); within the write half any number may call at once, and
 * their data goes out whole and in call order.
 *
 * Errors are of four kinds: `ClosedError` (this side closed it), `BrokenError` (the peer or the network did, with the
 * system's error as `cause`), `BusyError` and `DeadlineError`. An aborted wait rejects with `signal.reason`.
 *
 * Iterating yields what `read` would until the end of the stream. Leaving the loop only stops reading: the connection
 * stays open.
 */
export interface Conn extends AsyncIterable<Uint8Array>, AsyncDisposable {
  /** This end; behind a proxy that says so, what its client dialled. */
  readonly localAddr: Addr;
  /** The other end; behind a proxy that says so, its client. */
  readonly remoteAddr: Addr;
  /** What a proxy has told of its client; `undefined` where there was no PROXY header. */
  readonly proxy?: ProxyInfo | undefined;
  /** Bytes that have arrived from the peer, taken by a reader or not. */
  readonly bytesRead: number;
  /** Bytes handed to `write`, on the wire or not. */
  readonly bytesWritten: number;
  /** Bytes handed to `write` that the kernel has not taken yet. */
  readonly bytesQueued: number;
  /** What TLS agreed on; `null` while the connection is in the clear. */
  readonly tls: TlsInfo | null;
  /** Resolves, and never rejects, once both halves are over and the descriptor is released. */
  readonly closed: Promise<void>;

  /**
   * Waits for bytes and takes what is there.
   *
   * @returns at least one byte and at most `max`, the caller's to keep; `null` exactly at the end of the stream, and
   * again on every later call.
   * @throws {BusyError} while another read waits.
   * @throws {DeadlineError} past the read deadline, even when bytes are there; they stay for a later read.
   * @throws {ClosedError} after `close` or `abort`.
   * @throws {BrokenError} when the connection was reset, or with `requireCloseNotify` cut short; bytes that arrived before
   * are handed out first.
   * @throws {RangeError} when `max` is not a whole number of at least 1.
   */
  read(options?: ReadOptions): Promise<Uint8Array | null>;

  /**
   * The same into the caller's buffer, which must not be touched until the promise settles.
   *
   * @returns how many bytes were stored at the start of `target`; `null` at the end of the stream.
   * @throws what {@link read} throws, and {@link RangeError} when `target` is empty.
   */
  readInto(target: Uint8Array, options?: WaitOptions): Promise<number | null>;

  /**
   * Sends all of `data`; text goes out as UTF-8.
   *
   * Resolves when no more than the high-water mark (64 KiB) is queued. The first call of a tick goes out at once, those
   * behind it leave as one segment. The array belongs to the connection until the promise resolves; after a rejection
   * with `DeadlineError` or an abort the data is still queued and sent, so leave the array alone until `flush` resolves.
   *
   * @throws {DeadlineError} past the write deadline. Data of a call that was turned away at once is not queued.
   * @throws {ClosedError} after `closeWrite`, `close` or `abort`.
   * @throws {BrokenError} once the peer or the network has broken the connection.
   */
  write(data: Uint8Array | string, options?: WaitOptions): Promise<void>;

  /** Resolves when the kernel has every byte written so far. Throws what {@link write} throws. */
  flush(): Promise<void>;

  /** Flushes, then ends the write half (FIN; `shutdown(2)` with SHUT_WR). Reading goes on. Idempotent. */
  closeWrite(): Promise<void>;

  /** Ends the read half on this side: readers get `null`, and what still comes is discarded. Idempotent. */
  closeRead(): Promise<void>;

  /**
   * Flushes within the write deadline, then ends both halves. Resolves once the descriptor is released; waits under
   * way on other tasks reject with `ClosedError`. Never rejects: what could not be flushed is given up. Idempotent.
   */
  close(): Promise<void>;

  /** Ends both halves at once: nothing is flushed, the peer sees a reset where the transport has one. Idempotent. */
  abort(reason?: unknown): void;

  /** Sets both deadlines. */
  setDeadline(at: Deadline): void;

  /**
   * Sets the moment past which reading rejects with `DeadlineError`, for the wait under way as for later calls, until
   * a later deadline or `null` is set.
   *
   * @throws {TypeError} when `at` is not a valid moment.
   */
  setReadDeadline(at: Deadline): void;

  /** The same for writing, `flush`, `closeWrite` and the flush within `close`. */
  setWriteDeadline(at: Deadline): void;

  /**
   * Goes over to TLS on this connection. Call it between messages, with no read or write under way; from then on the
   * returned Conn is the one to read and write. This one turns both away with `ClosedError`; closing or aborting it
   * closes or aborts the other, or the handshake under way, and its counters go on with the other's.
   *
   * @throws {BrokenError} when the handshake fails or bytes had already arrived in the clear behind the last message
   * (RFC 3207 §5, CVE-2011-0411); the connection is aborted then.
   * @throws {ClosedError} when it is closed or aborted before the handshake is over.
   */
  startTls(options: StartTlsOptions): Promise<Conn>;

  /** The read half as a Web Stream, made on first use. Cancelling it is `closeRead`. */
  readonly readable: ReadableStream<Uint8Array>;
  /** The write half as a Web Stream, made on first use. Closing it is `closeWrite`, aborting it is `abort`. */
  readonly writable: WritableStream<Uint8Array>;
}
