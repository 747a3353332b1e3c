import type { Listener, TlsServerOptions } from "@belfry/net";

/** Limits and timeouts of a server. Times are milliseconds; `Infinity` is none. */
export interface ServeLimits {
  /** What events, listings and diagnostics call this server. Default `"server"`. */
  readonly name?: string | undefined;
  /** Connections served at a time, at least 1. Further ones wait, connected. Default 10,000. */
  readonly maxConns?: number | undefined;
  /** Connections that wait for their turn; further ones are reset. Default 1024. */
  readonly maxWaiting?: number | undefined;
  /** Connections of one remote IP address, served or waiting, at least 1. Not for Unix sockets. Default `Infinity`. */
  readonly maxConnsPerAddress?: number | undefined;
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
  /** Serve TLS with this certificate. */
  readonly tls?: TlsServerOptions | undefined;
  /** How long a TLS handshake may take. Default: that of `tls`, which is 5000. */
  readonly handshakeTimeout?: number | undefined;
  /** Let other processes listen on the same port; the kernel spreads connections. Default `false`. */
  readonly reusePort?: boolean | undefined;
}

/** A TCP address to listen on. */
export interface PortTarget extends ListenSettings {
  /** Default `"127.0.0.1"`. */
  readonly host?: string | undefined;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly path?: never;
  readonly listener?: never;
}

/** A Unix socket to listen on. */
export interface PathTarget extends ListenSettings {
  readonly path: string;
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
}

/** Options of {@link serve}: where to listen, and the limits. */
export type ServeOptions = ServeLimits & (PortTarget | PathTarget | ListenerTarget);

/** {@link ServeLimits} with the defaults in place. */
export type Limits = { readonly [K in Exclude<keyof ServeLimits, "signal">]-?: NonNullable<ServeLimits[K]> };

const DEFAULTS: Limits = {
  name: "server",
  maxConns: 10_000,
  maxWaiting: 1024,
  maxConnsPerAddress: Number.POSITIVE_INFINITY,
  idleTimeout: Number.POSITIVE_INFINITY,
  closeTimeout: 30_000,
  shutdownTimeout: 10_000,
  listTasks: false,
};

/** Past this a timer of the runtime fires at once instead of never. */
const MAX_DELAY = 2_147_483_647;

/** @throws {TypeError | RangeError} that names the first wrong option and its value. */
export function resolveLimits(options: ServeOptions): Limits {
  checkListening(options);
  const { name = DEFAULTS.name, listTasks = DEFAULTS.listTasks } = options;
  if (typeof name !== "string" || name === "") throw wrongType("name", name, "a text that is not empty");
  if (typeof listTasks !== "boolean") throw wrongType("listTasks", listTasks, "a boolean");
  const { maxConns = DEFAULTS.maxConns, maxWaiting = DEFAULTS.maxWaiting } = options;
  const { maxConnsPerAddress = DEFAULTS.maxConnsPerAddress, idleTimeout = DEFAULTS.idleTimeout } = options;
  const { closeTimeout = DEFAULTS.closeTimeout, shutdownTimeout = DEFAULTS.shutdownTimeout } = options;
  return {
    name,
    maxConns: checkCount("maxConns", maxConns, 1),
    maxWaiting: checkCount("maxWaiting", maxWaiting, 0),
    maxConnsPerAddress: checkCount("maxConnsPerAddress", maxConnsPerAddress, 1),
    idleTimeout: checkDelay("idleTimeout", idleTimeout) || Number.POSITIVE_INFINITY,
    closeTimeout: checkDelay("closeTimeout", closeTimeout),
    shutdownTimeout: checkDelay("shutdownTimeout", shutdownTimeout),
    listTasks,
  };
}

/** @throws {TypeError | RangeError} unless `value` is a duration: 0 to 2^31 - 1 milliseconds, or `Infinity`. */
export function checkDelay(option: string, value: number): number {
  if (typeof value !== "number") throw wrongType(option, value, "a number of milliseconds");
  if (value >= 0 && (value <= MAX_DELAY || value === Number.POSITIVE_INFINITY)) return value;
  throw new RangeError(`Cannot use ${option} ${value}: expected 0 to ${MAX_DELAY} milliseconds, or Infinity`);
}

function checkCount(option: string, value: number, least: number): number {
  if (typeof value !== "number") throw wrongType(option, value, "a number");
  if ((Number.isInteger(value) && value >= least) || value === Number.POSITIVE_INFINITY) return value;
  throw new RangeError(`Cannot use ${option} ${value}: expected a whole number of at least ${least}, or Infinity`);
}

function checkListening(options: ServeOptions): void {
  const { listener, signal } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw wrongType("signal", signal, "an AbortSignal");
  if (listener === undefined) {
    checkAddress(options);
    checkListenSettings(options);
    return;
  }
  if (typeof listener?.accept !== "function") throw wrongType("listener", listener, "a Listener");
  checkOnlyListener(options);
}

/** The port's range is checked where the address is taken apart. */
function checkAddress({ host, port, path }: PortTarget | PathTarget): void {
  if (port === undefined && path === undefined) {
    throw new TypeError("Cannot serve: expected one of the options port, path and listener");
  }
  if (host !== undefined && typeof host !== "string") throw wrongType("host", host, "a text");
  if (path === undefined) return;
  if (typeof path !== "string" || path === "") throw wrongType("path", path, "a text that is not empty");
  if (port !== undefined) throw new TypeError(`Cannot use port ${String(port)} together with path "${String(path)}"`);
}

function checkListenSettings({ backlog, handshakeTimeout, tls, reusePort }: ListenSettings): void {
  if (backlog !== undefined) checkCount("backlog", backlog, 1);
  if (handshakeTimeout !== undefined) checkDelay("handshakeTimeout", handshakeTimeout);
  if (tls !== undefined && (typeof tls !== "object" || tls === null)) throw wrongType("tls", tls, "an object");
  if (reusePort !== undefined && typeof reusePort !== "boolean") throw wrongType("reusePort", reusePort, "a boolean");
}

function checkOnlyListener(options: object): void {
  for (const other of ["host", "port", "path", "backlog", "tls", "handshakeTimeout", "reusePort"]) {
    if (other in options && (options as Record<string, unknown>)[other] !== undefined) {
      throw new TypeError(`Cannot use ${other} together with listener: the listener is there already`);
    }
  }
}

function wrongType(option: string, value: unknown, expected: string): TypeError {
  return new TypeError(`Cannot use ${option} ${describe(value)}: expected ${expected}`);
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return value === null || typeof value !== "object" ? String(value) : `of type ${value.constructor?.name ?? "object"}`;
}
