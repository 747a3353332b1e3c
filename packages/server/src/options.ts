import type { Listener, Networks, ProxyOptions, TlsServerOptions } from "@belfry/net";
import type { AdmitHook, ReleasedHook } from "./policy.js";

/** Limits and timeouts of a server. Times are milliseconds; `Infinity` is none. */
export interface ServeLimits {
  /** What events, listings and diagnostics call this server. Default `"server"`. */
  readonly name?: string | undefined;
  /**
   * Tells this server from others of the same name, in other processes: with `"2"` a connection's id is `server#2-17`
   * instead of `server#17`. Default: none.
   */
  readonly instance?: string | undefined;
  /** Connections served at a time, at least 1. Further ones wait, connected. Default 10,000. */
  readonly maxConns?: number | undefined;
  /** Connections that wait for their turn; further ones are reset. Default 1024. */
  readonly maxWaiting?: number | undefined;
  /** Connections of one remote IP address, served or waiting, at least 1. Not for Unix sockets. Default `Infinity`. */
  readonly maxConnsPerAddress?: number | undefined;
  /**
   * The only networks from which clients are served: addresses and CIDR blocks. It is the client's own address that
   * counts, behind a proxy the one that this tells. Not for Unix sockets. Default: all.
   */
  readonly allow?: Networks | readonly string[] | undefined;
  /** Networks from which clients are not served, even where `allow` has them. Default: none. */
  readonly refuse?: Networks | readonly string[] | undefined;
  /**
   * Asked about each connection once every other limit lets it pass, before a byte of it is read; only `true` admits it.
   *
   * An answer that is a promise holds the connection, unread, until it settles; several may be under way, and whoever
   * is admitted first is served first. Those that are held count among the ones who wait: nobody is asked about who
   * would find neither a place nor a seat in the waiting room. A hook that throws or rejects refuses, and `policyFailed`
   * is told; one that never answers holds its connection until the peer is kicked or the server goes down.
   */
  readonly admit?: AdmitHook | undefined;
  /**
   * Called once for each connection that was admitted and is over, whether or not it was ever served; also for one whose
   * `admit` answered `true` too late. What it throws is told by `policyFailed`.
   */
  readonly onReleased?: ReleasedHook | undefined;
  /**
   * How long a peer may send nothing before its connection is closed; it is cut between 1 and 1.125 times that. What
   * this side writes does not count, and neither does what waits unread in the kernel. 0 is none too. Default `Infinity`.
   */
  readonly idleTimeout?: number | undefined;
  /** How long closing a connection may take to flush what its service has written. Default 30,000. */
  readonly closeTimeout?: number | undefined;
  /** How long `shutdown` waits for services unless told otherwise; 0 cuts at once. Default 10,000. */
  readonly shutdownTimeout?: number | undefined;
  /**
   * Runs every service as a task named by its connection's id, which `liveTasks` of `@belfry/sync` then lists with what
   * it waits for. Costs up to 1 KiB a connection. Default `false`; `connections()` lists them in any case.
   */
  readonly listTasks?: boolean | undefined;
  /** Aborting it shuts the server down. */
  readonly signal?: AbortSignal | undefined;
}

/** How `serve` listens. */
export interface ListenSettings {
  /** Connections the kernel, and then the listener, hold before they are accepted. Default: that of `listen`. */
  readonly backlog?: number | undefined;
  /**
   * Serve TLS with this certificate. A function is asked for each connection: what it returns from then on is another
   * certificate, without a pause. It should return the same object until something has changed, since what TLS keeps
   * between connections goes with the object.
   */
  readonly tls?: TlsServerOptions | (() => TlsServerOptions) | undefined;
  /** Expect the PROXY protocol from these proxies; connections then have the client's address. Default: from nobody. */
  readonly proxy?: ProxyOptions | undefined;
  /** How long a TLS handshake may take. Default: that of `tls`, which is 5000. */
  readonly handshakeTimeout?: number | undefined;
  /**
   * Let other processes listen on the same port; the kernel spreads connections. A TypeError where the runtime does not know
   * it: before Node 22.12 and 23.1. Default `false`.
   */
  readonly reusePort?: boolean | undefined;
}

/** A TCP address to listen on. */
export interface PortTarget extends ListenSettings {
  /** Default `"127.0.0.1"`. */
  readonly host?: string | undefined;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly path?: never;
  readonly fd?: never;
  readonly listener?: never;
}

/** A Unix socket to listen on. */
export interface PathTarget extends ListenSettings {
  readonly path: string;
  readonly host?: never;
  readonly port?: never;
  readonly fd?: never;
  readonly listener?: never;
}

/** A socket to listen on that is open already: bound, or listening, and inherited or made by `bind`. */
export interface FdTarget extends ListenSettings {
  /** The descriptor's number. The server owns it from then on. */
  readonly fd: number;
  /** What a Unix socket is called; its descriptor does not tell. */
  readonly path?: string | undefined;
  /** More descriptors of the same socket, the server's too: so many more dials are accepted a turn of the event loop. Default: none. */
  readonly copies?: readonly number[] | undefined;
  readonly host?: never;
  readonly port?: never;
  readonly listener?: never;
}

/** A listener made beforehand, which the server closes in the end. */
export interface ListenerTarget {
  readonly listener: Listener;
  readonly host?: never;
  readonly port?: never;
  readonly path?: never;
  readonly fd?: never;
}

/** Options of {@link serve}: where to listen, and the limits. */
export type ServeOptions = ServeLimits & (PortTarget | PathTarget | FdTarget | ListenerTarget);
