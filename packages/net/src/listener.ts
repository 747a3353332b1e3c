import type { Addr } from "./addr.js";
import type { Conn, WaitOptions } from "./conn.js";
import type { BrokenError } from "./errors.js";
import type { ProxyOptions } from "./proxy/proxy-options.js";
import type { TlsServerOptions } from "./tls.js";

/** Options of `listen`. */
export interface ListenOptions {
  /**
   * How many connections may wait for `accept`, a whole number of at least 1; also what is asked of the kernel for
   * those it has not handed over yet (`listen(2)`, which caps it at `somaxconn`). Default 4096.
   */
  readonly backlog?: number | undefined;
  /**
   * TLS from the first byte. A function is asked for each connection, so that a certificate can be changed under way; let
   * it give the same object while nothing has changed, for a context is made of each. What it throws costs that
   * connection only. Default: in the clear.
   */
  readonly tls?: TlsServerOptions | (() => TlsServerOptions) | undefined;
  /** Listen behind proxies that say who they connect for. Default: connections are their clients' own. */
  readonly proxy?: ProxyOptions | undefined;
  /**
   * Let several processes listen on the same TCP port, the kernel spreading connections (SO_REUSEPORT). Node knows this
   * from 22.12 and 23.1 on; before that it is a TypeError. Default `false`.
   */
  readonly reusePort?: boolean | undefined;
  /** In a cluster worker: a listener of its own rather than one shared with the other workers. Default `false`. */
  readonly exclusive?: boolean | undefined;
  /** The permissions of a Unix socket's file, such as `0o600`. Default: what the umask leaves. */
  readonly mode?: number | undefined;
  /** Told of each connection that was lost before it could be accepted: by its PROXY header or in its TLS handshake. */
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
   * With TLS the handshake is already over, and behind a proxy its header read: one that fails or takes too long costs
   * only its own connection.
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
   * Stops listening at once, and keeps what has come: `accept` goes on until the connections that wait are taken and the
   * handshakes under way are over; then the listener is closed. For a socket that another process listens on as well,
   * whose clients are to notice nothing. Idempotent.
   *
   * @returns a promise that resolves when the last of them is taken, or `close` was called.
   */
  stop(): Promise<void>;

  /**
   * Stops listening at once: new dials are refused, and connections nobody took are reset. Resolves when the
   * descriptor is released and, for a Unix socket, its file is gone. Idempotent.
   */
  close(): Promise<void>;
}
