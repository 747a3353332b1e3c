/**
 * Node's own stream handles, which `node:net` stands on: no documented API, but the same from Node 20 to 26. Everything
 * taken from them is named here and looked for before use; where one is missing, sockets go by `SocketWire` instead.
 *
 * Why: a `net.Socket` a connection costs about a third of the throughput of small messages and 1.5 KiB of memory.
 */

/** A connected TCP socket or Unix socket of the runtime. */
export interface Handle {
  onread: unknown;
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
  readStart(): number;
  readStop(): number;
  useUserBuffer(buffer: Uint8Array): void;
  writeBuffer(request: WriteRequest, data: Uint8Array): number;
  writeUtf8String(request: WriteRequest, data: string): number;
  writev(request: WriteRequest, chunks: Uint8Array[], allBuffers: true): number;
  shutdown(request: ShutdownRequest): number;
  close(callback?: () => void): void;
  /** TCP only. */
  reset?(callback?: () => void): number;
  getsockname?(out: SocketName): number;
  getpeername?(out: SocketName): number;
  setNoDelay?(isOn: boolean): number;
}

/** A listening one. */
export interface ListenHandle {
  onconnection: ((status: number, handle: Handle | undefined) => void) | null;
}

/** A socket to be bound. It listens only when it is told to. */
export interface BindHandle {
  readonly fd: number;
  close(callback?: () => void): void;
  /** 0, or a negative error. TCP: address and port; Unix: the path. */
  bind(address: string, port?: number): number;
  listen(backlog: number): number;
  /** TCP only. `flags` 0 takes IPv4 too, where the address is `::`. */
  bind6?(address: string, port: number, flags: number): number;
  /** TCP only. Tells the error that `bind` keeps to itself: another socket listens there. */
  getsockname?(out: SocketName): number;
}

/** What `getsockname` and `getpeername` fill in. */
export interface SocketName {
  address?: string;
  port?: number;
}

export interface WriteRequest {
  oncomplete: ((status: number) => void) | null;
}

export interface ShutdownRequest {
  oncomplete: ((status: number) => void) | null;
}

/** What a handle leaves behind about its last operation. */
export interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  readonly ShutdownWrap: new () => ShutdownRequest;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
  readonly streamBaseState: Int32Array;
}

const HANDLE_METHODS = [
  "readStart",
  "readStop",
  "useUserBuffer",
  "writeBuffer",
  "writeUtf8String",
  "writev",
  "shutdown",
  "close",
] as const;

/** The binding; `null` where this runtime has none or forbids it. `BELFRY_NET=sockets` forbids it too. */
export const streams: StreamBinding | null = findStreams();

/** The prototypes of handles that have been looked at: all of a kind are made alike. */
const known = new WeakSet<object>();

/** Whether `value` is a handle with everything that is used of one. */
export function isHandle(value: unknown): value is Handle {
  if (streams === null || typeof value !== "object" || value === null) return false;
  const kind = Object.getPrototypeOf(value) as object | null;
  if (kind !== null && known.has(kind)) return true;
  const candidate = value as Record<string, unknown>;
  const hasFields = ["onread", "bytesWritten", "writeQueueSize"].every((field) => field in candidate);
  if (!hasFields || !HANDLE_METHODS.every((method) => typeof candidate[method] === "function")) return false;
  // What is made by hand has no kind of its own.
  if (kind !== null && kind !== Object.prototype) known.add(kind);
  return true;
}

/** Whether `value` is a listening handle whose connections can be taken directly. */
export function isListenHandle(value: unknown): value is ListenHandle {
  return streams !== null && typeof value === "object" && value !== null && "onconnection" in value;
}

/** Whether sockets can be bound without listening. Windows has no descriptors to hand on. */
export const canMakeBindHandle: boolean =
  streams !== null &&
  process.platform !== "win32" &&
  bindHandleMaker("tcp") !== null &&
  bindHandleMaker("unix") !== null;

/** A socket to be bound; `null` where this runtime does not give one. */
export function makeBindHandle(network: "tcp" | "unix"): BindHandle | null {
  return bindHandleMaker(network)?.() ?? null;
}

function bindHandleMaker(network: "tcp" | "unix"): (() => BindHandle) | null {
  const found = findBinding(network === "tcp" ? "tcp_wrap" : "pipe_wrap");
  const name = network === "tcp" ? "TCP" : "Pipe";
  const [make, constants] = [found?.[name], found?.["constants"] as { SERVER?: unknown } | undefined];
  if (typeof make !== "function" || typeof constants?.SERVER !== "number") return null;
  const needed = network === "tcp" ? ["bind", "bind6", "listen", "getsockname", "close"] : ["bind", "listen", "close"];
  const prototype = make.prototype as Record<string, unknown>;
  if (!needed.every((method) => typeof prototype[method] === "function") || !("fd" in prototype)) return null;
  return () => Reflect.construct(make, [constants.SERVER]) as BindHandle;
}

function findStreams(): StreamBinding | null {
  const found = findBinding("stream_wrap");
  return isStreamBinding(found) ? found : null;
}

function findBinding(name: string): Record<string, unknown> | null {
  // Bun and Deno have a `process.binding` of their own that answers to the name but not to the use.
  if (process.env["BELFRY_NET"] === "sockets" || "bun" in process.versions || "deno" in process.versions) return null;
  const host = process as { binding?: (name: string) => unknown };
  try {
    const found = host.binding?.(name);
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : null;
  } catch {
    return null; // the permission model forbids bindings
  }
}

function isStreamBinding(value: unknown): value is StreamBinding {
  if (typeof value !== "object" || value === null) return false;
  const candidate = value as Record<string, unknown>;
  const hasNumbers = ["kReadBytesOrError", "kLastWriteWasAsync"].every((key) => typeof candidate[key] === "number");
  const hasClasses = ["WriteWrap", "ShutdownWrap"].every((key) => typeof candidate[key] === "function");
  return hasNumbers && hasClasses && candidate["streamBaseState"] instanceof Int32Array;
}
