import { onAbort } from "@belfry/sync";
import * as nodeNet from "node:net";
import { Addr, parseAddress } from "./addr.js";
import type { Address } from "./addr.js";
import type { Conn } from "./conn.js";
import { checkDelay, startTimer } from "./delay.js";
import { BrokenError, DeadlineError } from "./errors.js";
import type { ErrorOrigin } from "./errors.js";
import { formatProxyHeader } from "./proxy/format-proxy-header.js";
import type { ProxyHeaderOptions } from "./proxy/format-proxy-header.js";
import { StreamConn } from "./stream-conn.js";
import type { TlsClientOptions } from "./tls.js";
import { checkHandshake, secure } from "./tls-handshake.js";
import type { Wire } from "./wire.js";
import { HandleWire } from "./wires/handle-wire.js";
import { isHandle } from "./wires/runtime.js";
import { SocketWire } from "./wires/socket-wire.js";

/** Options of {@link dial}. */
export interface DialOptions {
  /** Aborting gives up and rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds until name, connection and handshake must be done, 0 to 2147483647; `Infinity` is none. Default: the
   * system's own patience.
   */
  readonly timeout?: number | undefined;
  /** `true`, or options, for TLS from the first byte. Default: in the clear. */
  readonly tls?: boolean | TlsClientOptions | undefined;
  /**
   * Send a header of the PROXY protocol before anything else, TLS too: for a server that has been told to expect it. The
   * addresses and all else that a `Conn` has can be given as they are.
   */
  readonly proxy?: ProxyHeaderOptions | undefined;
  /** The address to dial from; port 0 lets the system choose. */
  readonly localAddr?: { readonly host?: string; readonly port?: number } | undefined;
}

/**
 * Connects to `address`. A name with several addresses is tried on all of them (RFC 8305).
 *
 * @throws {BrokenError} when the name does not resolve, nobody listens or the handshake fails; `cause` says which.
 * @throws {DeadlineError} after `timeout`.
 * @throws {TypeError} or {RangeError} when the address is none, or a timeout is none.
 * @example
 * ```ts
 * import { dial, listen } from "@belfry/net";
 *
 * await using listener = await listen("127.0.0.1:0");
 * await using conn = await dial(listener.addr, { timeout: 1000 });
 * ```
 */
export async function dial(address: Address, options: DialOptions = {}): Promise<Conn> {
  const { signal, timeout = Number.POSITIVE_INFINITY, tls } = options;
  checkDelay("timeout", timeout);
  if (typeof tls === "object") checkHandshake(tls);
  signal?.throwIfAborted();
  const parsed = parseAddress(address);
  const remoteAddr =
    parsed.path === undefined ? new Addr("tcp", parsed.host, parsed.port) : new Addr("unix", "", 0, parsed.path);
  const origin = { op: "dial", remoteAddr };
  const header = options.proxy === undefined ? null : formatProxyHeader(options.proxy);
  const socket = nodeNet.connect({ ...connectOptions(parsed, options), allowHalfOpen: true, noDelay: true });
  let stopped: { reason: unknown } | null = null;
  const stop = (reason: unknown): void => {
    stopped ??= { reason };
    socket.destroy();
  };
  const timer = startTimer(timeout, () => stop(new DeadlineError(origin)));
  const forget = signal === undefined ? undefined : onAbort(signal, stop);
  try {
    await connected(socket);
    if (header !== null) await sent(socket, header);
    return new StreamConn(await wireFor(socket, remoteAddr, tls));
  } catch (error) {
    socket.destroy();
    if (stopped !== null) throw (stopped as { reason: unknown }).reason;
    throw error instanceof BrokenError ? error : new BrokenError(origin, error);
  } finally {
    clearTimeout(timer);
    forget?.();
  }
}

function connectOptions(parsed: ReturnType<typeof parseAddress>, { localAddr }: DialOptions): nodeNet.NetConnectOpts {
  if (parsed.path !== undefined) return { path: parsed.path };
  return {
    host: parsed.host,
    port: parsed.port,
    ...(localAddr?.host !== undefined && { localAddress: localAddr.host }),
    ...(localAddr?.port !== undefined && { localPort: localAddr.port }),
  };
}

function connected(socket: nodeNet.Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.pause();
    const settle = (error?: Error): void => {
      socket.off("connect", onConnect).off("error", settle).off("close", onClose);
      if (error === undefined) resolve();
      else {
        socket.on("error", () => {}); // it may say so again while it is torn down
        reject(error);
      }
    };
    const onConnect = (): void => settle();
    const onClose = (): void => settle(new Error("given up"));
    socket.once("connect", onConnect).once("error", settle).once("close", onClose);
  });
}

/** Nothing of it is left with the socket, whose handle may be taken from it. */
function sent(socket: nodeNet.Socket, header: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null): void => {
      socket.off("close", onClose);
      if (error instanceof Error) reject(error);
      else {
        socket.off("error", settle);
        resolve();
      }
    };
    const onClose = (): void => settle(new Error("given up"));
    socket.on("error", settle).once("close", onClose);
    socket.write(header, settle);
  });
}

async function wireFor(socket: nodeNet.Socket, dialled: Addr, tls: DialOptions["tls"]): Promise<Wire> {
  if (tls === undefined || tls === false) return plainWire(socket, dialled);
  const local = new SocketWire(socket);
  const origin: ErrorOrigin & { localAddr: Addr; remoteAddr: Addr } = {
    op: "dial",
    localAddr: local.localAddr,
    remoteAddr: dialled, // the certificate is for the name that was asked for
  };
  return secure(socket, tls === true ? {} : tls, origin);
}

/** Takes the socket's handle where that is known to work, and the socket itself elsewhere. */
function plainWire(socket: nodeNet.Socket, dialled: Addr): Wire {
  const handle: unknown = Reflect.get(socket, "_handle");
  if (!isHandle(handle)) return new SocketWire(socket, dialled.network === "unix" ? unixEnds(dialled) : undefined);
  Reflect.set(socket, "_handle", null);
  if (dialled.network === "tcp") return new HandleWire(handle, "tcp").startCounting();
  const { localAddr, remoteAddr } = unixEnds(dialled);
  return new HandleWire(handle, "unix", localAddr, remoteAddr).startCounting();
}

function unixEnds(dialled: Addr): { localAddr: Addr; remoteAddr: Addr } {
  return { localAddr: new Addr("unix", "", 0), remoteAddr: dialled };
}
