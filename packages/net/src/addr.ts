/**
 * One end of a connection, as the system reports it.
 *
 * An `Addr` can be handed back to `dial` and `listen`; `String(addr)` gives the form those accept as text.
 */
export class Addr {
  /** What kind of socket this is an end of. */
  readonly network: "tcp" | "udp" | "unix" | "pipe";
  /** The IP address as text; empty for `unix` and `pipe`. */
  readonly host: string;
  /** The port, 0 to 65535; 0 for `unix` and `pipe`. */
  readonly port: number;
  /** The file name of a Unix socket; empty for an unnamed one and for other networks. */
  readonly path: string;

  constructor(network: Addr["network"], host: string, port: number, path = "") {
    this.network = network;
    this.host = host;
    this.port = port;
    this.path = path;
  }

  /** `127.0.0.1:8000`, `[::1]:8000`, `unix:/run/x.sock` or `pipe`. */
  toString(): string {
    if (this.network === "pipe") return "pipe";
    if (this.network === "unix") return `unix:${this.path}`;
    return formatHostPort(this.host, this.port);
  }
}

/**
 * A descriptor of this process that is bound to an address or listens already, as a parent or systemd hands it over.
 * Only `listen` takes one. `path` is the Unix socket's, which the system does not tell.
 */
export interface Descriptor {
  readonly fd: number;
  readonly path?: string | undefined;
  /**
   * More descriptors of the same socket, as dup(2) makes them. The runtime accepts one connection a descriptor and turn of
   * its event loop: with many busy connections turns are long, and dials wait in the kernel. Default: none.
   */
  readonly copies?: readonly number[] | undefined;
  readonly host?: never;
  readonly port?: never;
}

/**
 * Where to dial or listen: a host and port, the path of a Unix socket, or either as text
 * (`"127.0.0.1:8000"`, `"[::1]:8000"`, `":8000"`, `"unix:/run/x.sock"`); to listen also a {@link Descriptor}.
 */
export type Address =
  | string
  | Addr
  | { readonly host?: string; readonly port: number; readonly path?: never; readonly fd?: never }
  | { readonly path: string; readonly host?: never; readonly port?: never; readonly fd?: never }
  | Descriptor;

/** An {@link Address} by name, with the text form taken apart. Exactly one of `path` and `port` is meaningful. */
export type ParsedAddress =
  | { readonly host: string; readonly port: number; readonly path?: never }
  | { readonly path: string; readonly host?: never; readonly port?: never };

/** The host taken when an address names none: connections from other machines must be asked for. */
export const DEFAULT_HOST = "127.0.0.1";

/**
 * Takes an {@link Address} apart.
 *
 * @throws {TypeError} when the text is no address, naming it, and for a {@link Descriptor}, which has no name.
 * @throws {RangeError} when the port is not a whole number from 0 to 65535.
 */
export function parseAddress(address: Address): ParsedAddress {
  if (typeof address === "string") return parseText(address);
  if (isDescriptor(address))
    throw new TypeError(`Cannot use descriptor ${address.fd}: expected a name; only listen takes one`);
  if (address.path !== undefined && address.path !== "") return { path: address.path };
  if (address instanceof Addr && address.network !== "tcp" && address.network !== "udp") {
    throw new TypeError(`Cannot use address "${address}": it has no name`);
  }
  if (address.port === undefined) throw new TypeError("Cannot use address: it has neither port nor path");
  return { host: address.host || DEFAULT_HOST, port: checkPort(address.port, String(address.port)) };
}

/**
 * Whether `address` is a descriptor rather than a name.
 *
 * @throws {RangeError} when it is none that can be: a whole number of at least 0.
 */
export function isDescriptor(address: Address): address is Descriptor {
  if (typeof address === "string" || !("fd" in address) || address.fd === undefined) return false;
  for (const fd of [address.fd, ...(address.copies ?? [])]) {
    if (Number.isInteger(fd) && fd >= 0) continue;
    throw new RangeError(`Cannot use descriptor ${fd}: expected a whole number of at least 0`);
  }
  return true;
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseText(text: string): ParsedAddress {
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    if (path === "") throw new TypeError(`Cannot use address "${text}": the path is empty`);
    return { path };
  }
  const match = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d+)$/.exec(text);
  if (match === null) {
    throw new TypeError(`Cannot use address "${text}": expected HOST:PORT, [IPV6]:PORT or unix:PATH`);
  }
  return { host: match[1] || match[2] || DEFAULT_HOST, port: checkPort(Number(match[3]), match[3] as string) };
}

function checkPort(port: number, shown: string): number {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`Cannot use port ${shown}: expected a whole number from 0 to 65535`);
  }
  return port;
}
