import { networks } from "@belfry/net";
import type { Networks } from "@belfry/net";
import type { FdTarget, ListenSettings, PathTarget, PortTarget, ServeLimits, ServeOptions } from "./options.js";
import type { AdmitHook, ReleasedHook } from "./policy.js";

/** {@link ServeLimits} with the defaults in place. */
export type Limits = {
  readonly [K in Exclude<keyof ServeLimits, "signal" | keyof Admittance>]-?: NonNullable<ServeLimits[K]>;
} & Admittance;

/** Who is admitted, with lists made into networks. */
interface Admittance {
  readonly allow: Networks | null;
  readonly refuse: Networks | null;
  readonly admit: AdmitHook | null;
  readonly onReleased: ReleasedHook | null;
}

const DEFAULTS = {
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
  const { name = DEFAULTS.name, instance, listTasks = DEFAULTS.listTasks } = options;
  checkText("name", name);
  if (instance !== undefined) checkText("instance", instance);
  if (typeof listTasks !== "boolean") throw wrongType("listTasks", listTasks, "a boolean");
  const { maxConns = DEFAULTS.maxConns, maxWaiting = DEFAULTS.maxWaiting } = options;
  const { maxConnsPerAddress = DEFAULTS.maxConnsPerAddress, idleTimeout = DEFAULTS.idleTimeout } = options;
  const { closeTimeout = DEFAULTS.closeTimeout, shutdownTimeout = DEFAULTS.shutdownTimeout } = options;
  return {
    name,
    instance: instance ?? "",
    maxConns: checkCount("maxConns", maxConns, 1),
    maxWaiting: checkCount("maxWaiting", maxWaiting, 0),
    maxConnsPerAddress: checkCount("maxConnsPerAddress", maxConnsPerAddress, 1),
    idleTimeout: checkDelay("idleTimeout", idleTimeout) || Number.POSITIVE_INFINITY,
    closeTimeout: checkDelay("closeTimeout", closeTimeout),
    shutdownTimeout: checkDelay("shutdownTimeout", shutdownTimeout),
    listTasks,
    ...resolveAdmittance(options),
  };
}

function resolveAdmittance({ allow, refuse, admit, onReleased }: ServeLimits): Admittance {
  return {
    allow: checkNetworks("allow", allow),
    refuse: checkNetworks("refuse", refuse),
    admit: checkFunction("admit", admit) ?? null,
    onReleased: checkFunction("onReleased", onReleased) ?? null,
  };
}

/** @throws {TypeError | RangeError} unless `value` is a duration: 0 to 2^31 - 1 milliseconds, or `Infinity`. */
export function checkDelay(option: string, value: number): number {
  if (typeof value !== "number") throw wrongType(option, value, "a number of milliseconds");
  if (value >= 0 && (value <= MAX_DELAY || value === Number.POSITIVE_INFINITY)) return value;
  throw new RangeError(`Cannot use ${option} ${value}: expected 0 to ${MAX_DELAY} milliseconds, or Infinity`);
}

/** @throws {TypeError | RangeError} unless `value` is a whole number of at least `least`, or `Infinity`. */
export function checkCount(option: string, value: number, least: number): number {
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
function checkAddress({ host, port, path, fd }: PortTarget | PathTarget | FdTarget): void {
  if (port === undefined && path === undefined && fd === undefined) {
    throw new TypeError("Cannot serve: expected one of the options port, path, fd and listener");
  }
  if (fd !== undefined) checkDescriptor(fd, { host, port });
  if (host !== undefined && typeof host !== "string") throw wrongType("host", host, "a text");
  if (path === undefined) return;
  checkText("path", path);
  if (port !== undefined) throw new TypeError(`Cannot use port ${String(port)} together with path "${String(path)}"`);
}

function checkDescriptor(fd: number, { host, port }: { readonly host?: unknown; readonly port?: unknown }): void {
  if (typeof fd !== "number") throw wrongType("fd", fd, "the number of a descriptor");
  if (!Number.isInteger(fd) || fd < 0) throw new RangeError(`Cannot use fd ${fd}: expected the number of a descriptor`);
  if (host !== undefined) throw new TypeError(`Cannot use host ${describe(host)} together with fd ${fd}`);
  if (port !== undefined) throw new TypeError(`Cannot use port ${describe(port)} together with fd ${fd}`);
}

function checkListenSettings({ backlog, handshakeTimeout, tls, proxy, reusePort }: ListenSettings): void {
  if (backlog !== undefined) checkCount("backlog", backlog, 1);
  if (handshakeTimeout !== undefined) checkDelay("handshakeTimeout", handshakeTimeout);
  if (typeof tls !== "function" && !isObjectOrAbsent(tls)) throw wrongType("tls", tls, "an object or a function");
  if (!isObjectOrAbsent(proxy)) throw wrongType("proxy", proxy, "an object");
  if (reusePort !== undefined && typeof reusePort !== "boolean") throw wrongType("reusePort", reusePort, "a boolean");
}

function checkOnlyListener(options: object): void {
  for (const other of ["host", "port", "path", "fd", "backlog", "tls", "handshakeTimeout", "proxy", "reusePort"]) {
    if (other in options && (options as Record<string, unknown>)[other] !== undefined) {
      throw new TypeError(`Cannot use ${other} together with listener: the listener is there already`);
    }
  }
}

function checkText(option: string, value: unknown): void {
  if (typeof value !== "string" || value === "") throw wrongType(option, value, "a text that is not empty");
}

function checkFunction<F>(option: string, value: F): F {
  if (value === undefined || typeof value === "function") return value;
  throw wrongType(option, value, "a function");
}

function checkNetworks(option: string, value: ServeLimits["allow"]): Networks | null {
  if (value === undefined) return null;
  if (Array.isArray(value)) {
    try {
      return networks(value);
    } catch (error) {
      const Kind = error instanceof TypeError ? TypeError : RangeError;
      throw new Kind(`Cannot use ${option}: ${(error as Error).message}`, { cause: error });
    }
  }
  if (typeof (value as Networks | null)?.has === "function") return value as Networks;
  throw wrongType(option, value, "networks, or a list of addresses and CIDR blocks");
}

function isObjectOrAbsent(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && value !== null);
}

function wrongType(option: string, value: unknown, expected: string): TypeError {
  return new TypeError(`Cannot use ${option} ${describe(value)}: expected ${expected}`);
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return value === null || typeof value !== "object" ? String(value) : `of type ${value.constructor?.name ?? "object"}`;
}
