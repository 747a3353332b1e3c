import type { Addr } from "./addr.js";
import type { Conn, WaitOptions } from "./conn.js";
import type { BrokenError } from "./errors.js";
import type { TlsServerOptions } from "./tls.js";

/** Options of `listen`. */
export interface ListenOptions {
  /**
   * How many connections may wait for `accept`, a whole number of at least 1; also what is asked of the kernel for
   * those it has not handed over yet (`listen(2)`, which caps it at `somaxconn`). Default 4096.
   */
  readonly backlog?: number | undefined;
  /** TLS from the first byte. Default: in the clear. */
  readonly tls?: TlsServerOptions | undefined;
  /** Let several processes listen on the same port, the kernel spreading connections (SO_REUSEPORT). Default `false`. */
  readonly reusePort?: boolean | undefined;
  /** In a cluster worker: a listener of its own rather than one shared with the other workers. Default `false`. */
  readonly exclusive?: boolean | undefined;
  /** Told of each connection that was lost in its TLS handshake. */
  readonly onHandshakeFailed?: ((error: BrokenError) => void) | undefined;
}

/**
 * Something that connections arrive at.
 *
 * Connections are accepted by the runtime as they come and wait here, unread, for `accept`; at most `backlog` of them,
 * further ones are reset and counted. Iterating accepts until the listener is closed.
 */
export interface Listener extends AsyncIterable<Conn>, AsyncDisposable {
  /** Where it listens, with the real port when 0 was asked. */
  readonly addr: Addr;
  /** Connections that wait for `accept`. */
  readonly waiting: number;
  /** Connections reset because `backlog` of them waited already. */
  readonly refused: number;

  /**
   * Takes the next connection. Any number of tasks may wait; they are served in order.
   *
   * With TLS the handshake is already over: one that fails or takes too long costs only its own connection.
   *
   * @throws {ClosedError} once the listener is closed, for waits under way too.
   * @throws {BrokenError} when the system could not accept one; the listener goes on.
   */
  accept(options?: WaitOptions): Promise<Conn>;

  /** Hands out no connection until `resume`; new ones wait. Idempotent. */
  suspend(): void;
  /** Hands out connections again. Idempotent. */
  resume(): void;

  /**
   * Stops listening at once: new dials are refused, and connections nobody took are reset. Resolves when the
   * descriptor is released and, for a Unix socket, its file is gone. Idempotent.
   */
  close(): Promise<void>;
}
