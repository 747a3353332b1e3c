import { chmodSync } from "node:fs";
import * as nodeNet from "node:net";
import { Addr, isDescriptor, parseAddress } from "./addr.js";
import type { Address } from "./addr.js";
import { takeBound } from "./bind.js";
import { Entrance } from "./entrance.js";
import { BrokenError } from "./errors.js";
import { removeLeftBehind } from "./left-behind.js";
import { checkMode } from "./limits.js";
import type { Listener, ListenOptions } from "./listener.js";
import { checkReusePort } from "./reuse-port.js";
import { SocketListener } from "./socket-listener.js";
import { systemError } from "./system-error.js";
import type { BindHandle } from "./wires/runtime.js";

/** Connections that wait for `accept`, and as many again in the kernel's own queue. */
const BACKLOG = 4_096;

/**
 * Listens on `address`; port 0 lets the system choose one. Resolves once connections can arrive.
 *
 * With `::` IPv4 arrives too where the system allows it. The file of a Unix socket whose process is gone is replaced; one
 * that somebody listens on, or a file that is no socket, is `EADDRINUSE`. A descriptor belongs to the listener, which
 * closes it; other processes that have it go on, and a Unix socket's file is left to who has bound it.
 *
 * @throws {BrokenError} when the address is taken, not this machine's, or not allowed; `cause` says which.
 * @throws {TypeError} or {RangeError} when the address is none, an option is out of range, or the runtime does not know it.
 * @example
 * ```ts
 * import { dial, listen } from "@belfry/net";
 *
 * const listener = await listen("127.0.0.1:0");
 * const client = await dial(listener.addr);
 * const conn = await listener.accept();
 * await conn.write("hello\n");
 * await conn.close();
 * console.log(String(await client.read()).trim()); // hello
 * await client.close();
 * await listener.close();
 * ```
 */
export async function listen(address: Address, options: ListenOptions = {}): Promise<Listener> {
  const backlog = options.backlog ?? BACKLOG;
  if (!Number.isInteger(backlog) || backlog < 1) {
    throw new RangeError(`Cannot listen with backlog ${backlog}: expected a whole number of at least 1`);
  }
  checkMode(options.mode);
  const place = placeOf(address);
  if (options.reusePort === true && place.target.port !== undefined) checkReusePort();
  const entrance = new Entrance({ ...options, backlog });
  const server = createServer();
  const doors = [server];
  try {
    await start(server, place, { ...options, backlog });
    for (const fd of place.copies) {
      const door = createServer();
      doors.push(door);
      await startOnce(door, { target: { fd } }, { backlog });
    }
  } catch (cause) {
    // It listens already where only the file's mode could not be set.
    for (const door of doors) door.close();
    throw new BrokenError({ op: "listen", localAddr: place.addr, fd: place.target.fd }, cause);
  }
  const { onHandshakeFailed } = options;
  return new SocketListener(doors, boundAddr(server, place), { backlog, entrance, onHandshakeFailed });
}

function createServer(): nodeNet.Server {
  return nodeNet.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
}

/** Where to listen, in the runtime's terms and in ours; the address of a descriptor is to be seen only later. */
interface Place {
  readonly target: Pick<nodeNet.ListenOptions, "host" | "port" | "path"> & { readonly fd?: number };
  readonly addr: Addr | undefined;
  /** More descriptors of the same socket. */
  readonly copies: readonly number[];
}

function placeOf(address: Address): Place {
  if (isDescriptor(address)) {
    const { fd, path, copies = [] } = address;
    return { target: { fd }, addr: path === undefined ? undefined : new Addr("unix", "", 0, path), copies };
  }
  const { host, port, path } = parseAddress(address);
  if (path !== undefined) return { target: { path }, addr: new Addr("unix", "", 0, path), copies: [] };
  return { target: { host, port }, addr: new Addr("tcp", host, port), copies: [] };
}

async function start(server: nodeNet.Server, place: Place, options: ListenOptions): Promise<void> {
  const { path, fd } = place.target;
  const taken = fd === undefined ? null : takeBound(fd);
  try {
    if (taken !== null) startTaken(server, taken, options);
    else await startOnce(server, place, options);
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    if (path === undefined || !isTaken || !(await removeLeftBehind(path))) throw error;
    await startOnce(server, place, options);
  }
}

/** Where it was bound in this process there is a handle to it already, and the runtime would make a second one. */
function startTaken(server: nodeNet.Server, handle: BindHandle, { backlog = BACKLOG }: ListenOptions): void {
  const status = handle.listen(backlog);
  if (status === 0) {
    Reflect.set(handle, "onconnection", null); // by which a listening handle is known
    Reflect.set(server, "_handle", handle);
    return;
  }
  handle.close();
  throw systemError(status, "listen");
}

async function startOnce(
  server: nodeNet.Server,
  { target }: Pick<Place, "target">,
  options: ListenOptions,
): Promise<void> {
  const { backlog, reusePort, exclusive, mode } = options;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", resolve);
    const settings = {
      ...target,
      backlog,
      ...(reusePort === true && { reusePort }),
      ...(exclusive === true && { exclusive }),
    };
    // For a descriptor the runtime overlooks the backlog among the options, and takes 511.
    (server.listen as (settings: nodeNet.ListenOptions, backlog: number | undefined) => void).call(
      server,
      settings,
      backlog,
    );
    // In the tick in which the file came to be.
    if (mode !== undefined && target.path !== undefined && server.listening) chmodSync(target.path, mode);
  }).finally(() => server.removeAllListeners("error").removeAllListeners("listening"));
}

function boundAddr(server: nodeNet.Server, place: Place): Addr {
  const bound = server.address();
  if (bound === null || typeof bound === "string") return place.addr ?? new Addr("unix", "", 0, bound ?? "");
  return new Addr("tcp", bound.address, bound.port);
}
