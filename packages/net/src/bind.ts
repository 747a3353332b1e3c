import { chmodSync } from "node:fs";
import { lookup } from "node:dns/promises";
import { isIPv6 } from "node:net";
import { Addr, parseAddress } from "./addr.js";
import type { Address } from "./addr.js";
import { BrokenError } from "./errors.js";
import { removeLeftBehind } from "./left-behind.js";
import { checkMode } from "./limits.js";
import { describeErrno, systemError } from "./system-error.js";
import { canMakeBindHandle, makeBindHandle } from "./wires/runtime.js";
import type { BindHandle, SocketName } from "./wires/runtime.js";

/** Options of {@link bind}. */
export interface BindOptions {
  /** The permissions of a Unix socket's file, such as `0o600`. Default: what the umask leaves. */
  readonly mode?: number | undefined;
}

/** A socket that has its address and does not listen: for other processes to listen on by its descriptor. */
export interface BoundSocket {
  /** Its address, with the real port when 0 was asked. */
  readonly addr: Addr;
  /**
   * The descriptor, to be handed to a child in `stdio`. It is this object's, and valid until `close`; `listen({ fd })` in
   * this same process takes it over.
   */
  readonly fd: number;
  /** Releases the descriptor and removes a Unix socket's file; those who have inherited it go on. Idempotent. */
  close(): Promise<void>;
}

/**
 * Whether {@link bind} works here: not on Windows, nor where the runtime does not give its sockets away (another runtime
 * than Node, the permission model, `BELFRY_NET=sockets`). There a process listens for itself.
 */
export const canBind: boolean = canMakeBindHandle;

/**
 * Takes `address` without listening on it: the process that binds can be another than those that listen, and several may
 * listen on one socket. Dials are refused until the first listens; from then on they wait in the kernel for as long as
 * anybody holds the descriptor.
 *
 * With `::` IPv4 is taken too where the system allows it. The file of a Unix socket whose process is gone is replaced.
 * Of two sockets that are bound to one port and do not listen yet, the system turns away only the one that listens later.
 *
 * @throws {BrokenError} when the address is taken, not this machine's, or not allowed; `op` is `listen`.
 * @throws {TypeError} or {RangeError} when the address or the mode is none, and where {@link canBind} is `false`.
 * @example
 * ```ts
 * import { bind, canBind, dial, listen } from "@belfry/net";
 *
 * if (canBind) {
 *   const bound = await bind("127.0.0.1:0");
 *   // In a child that was given the descriptor, or here:
 *   const listener = await listen({ fd: bound.fd });
 *   await using client = await dial(bound.addr);
 *   await using conn = await listener.accept();
 *   await listener.close();
 * }
 * ```
 */
export async function bind(address: Address, options: BindOptions = {}): Promise<BoundSocket> {
  const parsed = parseAddress(address);
  checkMode(options.mode);
  if (!canBind) throw new TypeError("Cannot bind: this runtime does not give its sockets away");
  if (parsed.path === undefined) return bindTcp(parsed.host, parsed.port);
  return bindUnix(parsed.path, options.mode);
}

/** What is bound here and not closed, by descriptor. */
const held = new Map<number, BindHandle>();

/**
 * Takes over what is bound to `fd` in this process (only `expected`, if given): two owners would close one descriptor
 * twice, the second time perhaps somebody else's.
 *
 * @returns `null` where the descriptor was inherited, or is not `expected` any more.
 */
export function takeBound(fd: number, expected?: BindHandle): BindHandle | null {
  const handle = held.get(fd);
  if (handle === undefined || (expected !== undefined && handle !== expected)) return null;
  held.delete(fd);
  return handle;
}

async function bindTcp(host: string, port: number): Promise<BoundSocket> {
  const asked = new Addr("tcp", host, port);
  const ip = await resolveHost(host, asked);
  const handle = makeBindHandle("tcp") as BindHandle;
  const name: SocketName = {};
  let status = isIPv6(ip) ? (handle.bind6?.(ip, port, 0) ?? 0) : handle.bind(ip, port);
  // libuv keeps EADDRINUSE to itself until the socket is used.
  if (status === 0) status = handle.getsockname?.(name) ?? 0;
  if (status !== 0) return fail(handle, asked, systemError(status, "bind"));
  return bound(handle, new Addr("tcp", name.address ?? ip, name.port ?? port));
}

async function bindUnix(path: string, mode: number | undefined): Promise<BoundSocket> {
  const addr = new Addr("unix", "", 0, path);
  const handle = makeBindHandle("unix") as BindHandle;
  let status = handle.bind(path);
  if (isTaken(status) && (await removeLeftBehind(path))) status = handle.bind(path);
  if (status !== 0) return fail(handle, addr, systemError(status, "bind"));
  try {
    // Nobody can have connected: it does not listen.
    if (mode !== undefined) chmodSync(path, mode);
  } catch (error) {
    return fail(handle, addr, error);
  }
  return bound(handle, addr);
}

async function resolveHost(host: string, asked: Addr): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw new BrokenError({ op: "listen", localAddr: asked }, error);
  }
}

function isTaken(status: number): boolean {
  return status < 0 && describeErrno(status)?.[0] === "EADDRINUSE";
}

function bound(handle: BindHandle, addr: Addr): BoundSocket {
  const { fd } = handle;
  held.set(fd, handle);
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => (takeBound(fd, handle) === null ? Promise.resolve() : closeHandle(handle));
  return { addr, fd, close: () => (closed ??= close()) };
}

async function fail(handle: BindHandle, localAddr: Addr, cause: unknown): Promise<never> {
  await closeHandle(handle);
  throw new BrokenError({ op: "listen", localAddr }, cause);
}

/** The runtime removes the file of a Unix socket that it has bound. */
function closeHandle(handle: BindHandle): Promise<void> {
  return new Promise((resolve) => handle.close(resolve));
}
