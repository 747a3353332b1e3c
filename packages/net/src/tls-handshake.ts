import { createServer, isIP } from "node:net";
import type { Server } from "node:net";
import type { Duplex } from "node:stream";
import * as tls from "node:tls";
import type { Addr } from "./addr.js";
import { watchCloseNotify } from "./close-notify.js";
import { checkDelay, startTimer } from "./delay.js";
import { BrokenError, ClosedError } from "./errors.js";
import type { ErrorOrigin } from "./errors.js";
import type { StartTlsOptions, TlsClientOptions, TlsOptions, TlsServerOptions, TlsSessions } from "./tls.js";
import { clientContextOf, secureContextOf } from "./tls-context.js";
import type { Wire } from "./wire.js";
import { SocketWire, tlsInfoOf } from "./wires/socket-wire.js";

const HANDSHAKE_TIMEOUT = 5_000;

/** Both ends are known where a handshake begins. */
interface Ends extends ErrorOrigin {
  readonly localAddr: Addr;
  readonly remoteAddr: Addr;
}

/** @throws {TypeError | RangeError} when the timeout is none. */
export function checkHandshake({ handshakeTimeout }: TlsOptions): void {
  if (handshakeTimeout !== undefined) checkDelay("handshakeTimeout", handshakeTimeout);
}

/** A handshake under way, which stands for the connection that is to come of it. */
export class Handshake {
  readonly bytesRead = 0;
  readonly bytesWritten = 0;
  readonly bytesQueued = 0;
  readonly #transport: Duplex;
  readonly #ends: Ends;
  /** What TLS is put on with, once there is such. */
  #socket: tls.TLSSocket | null = null;
  #isStopped = false;
  #reason: unknown;
  #over: Promise<unknown> = Promise.resolve();

  constructor(transport: Duplex, ends: Ends) {
    this.#transport = transport;
    this.#ends = ends;
  }

  /**
   * @throws {BrokenError} when the handshake fails or takes longer than `handshakeTimeout`.
   * @throws {ClosedError} when it is stopped before it is over.
   */
  async run(options: StartTlsOptions): Promise<Wire> {
    const secured = secure(this.#transport, options, this.#ends, (socket) => (this.#socket = socket));
    this.#over = secured.catch(() => {});
    try {
      return await secured;
    } catch (error) {
      if (!this.#isStopped) throw error;
      throw new ClosedError(this.#ends, this.#reason === undefined ? undefined : { cause: this.#reason });
    }
  }

  abort(reason?: unknown): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#reason = reason;
    // Never the transport from under TLS: the runtime may be in the middle of what has come, and would go on with freed memory.
    (this.#socket ?? this.#transport).destroy();
  }

  async close(): Promise<void> {
    this.abort();
    await this.#over;
  }
}

/**
 * Does the handshake on a connected transport and gives the wire above it. On failure the transport is destroyed.
 *
 * @param onSocket is handed what the handshake is done with, to be destroyed by who gives it up.
 * @throws {BrokenError} when the handshake fails or takes longer than `handshakeTimeout`.
 */
export async function secure(
  transport: Duplex,
  options: StartTlsOptions,
  ends: Ends,
  onSocket?: (socket: tls.TLSSocket) => void,
): Promise<Wire> {
  const make = (under: Duplex): tls.TLSSocket =>
    options.isServer === true ? serverSide(under, options) : clientSide(under, options, ends);
  const { socket, closeNotify } =
    options.requireCloseNotify === true
      ? watchCloseNotify(transport, make)
      : { socket: make(transport), closeNotify: null };
  onSocket?.(socket);
  try {
    await handshake(socket, options.isServer === true ? "secure" : "secureConnect", options.handshakeTimeout);
    if (options.isServer === true) checkClient(socket, options);
  } catch (error) {
    // Listened to for ever: a failed socket may report again while it is torn down.
    socket.on("error", () => {});
    socket.destroy();
    throw new BrokenError(ends, error);
  }
  return new SocketWire(socket, ends, tlsInfoOf(socket), closeNotify);
}

function clientSide(socket: Duplex, options: TlsClientOptions, { remoteAddr }: Ends): tls.TLSSocket {
  const name = options.servername ?? remoteAddr.host;
  return tls.connect({
    socket,
    host: name,
    // RFC 6066 §3 allows no address here.
    ...(isIP(name) === 0 && { servername: name }),
    ...(options.session !== undefined && { session: Buffer.from(options.session) }),
    rejectUnauthorized: options.rejectUnauthorized ?? true,
    secureContext: clientContextOf(options),
    ...alpn(options),
  });
}

function serverSide(socket: Duplex, options: TlsServerOptions): tls.TLSSocket {
  return new tls.TLSSocket(socket, {
    isServer: true,
    requestCert: options.requestCert ?? false,
    rejectUnauthorized: false, // checked below: a bare server-side socket does not do it by itself
    secureContext: secureContextOf(options),
    ...(options.sessions !== undefined && { server: keeperOf(options.sessions) }),
    ...alpn(options),
  });
}

/** The runtime asks a server's listeners for sessions. This one never listens on anything. */
function keeperOf(sessions: TlsSessions): Server {
  const server = createServer();
  server.on("newSession", (id: Buffer, session: Buffer, done: () => void) => {
    sessions.add(id, session);
    done();
  });
  server.on("resumeSession", (id: Buffer, done: (error: null, session: Uint8Array | null) => void) => {
    done(null, sessions.find(id));
  });
  return server;
}

function alpn(options: TlsOptions): { ALPNProtocols?: string[] } {
  return options.alpnProtocols === undefined ? {} : { ALPNProtocols: [...options.alpnProtocols] };
}

function handshake(socket: tls.TLSSocket, event: string, timeout = HANDSHAKE_TIMEOUT): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      socket.off(event, onDone).off("error", settle).off("_tlsError", settle).off("close", onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onDone = (): void => settle();
    const onClose = (): void => settle(new Error("the connection was closed during the handshake"));
    // The runtime's own timeout reports but leaves the socket open (nodejs/node reports it from `tls.Server` only).
    const timer = startTimer(timeout, () => settle(new Error(`the handshake took longer than ${timeout} ms`)));
    socket.once(event, onDone).once("error", settle).once("_tlsError", settle).once("close", onClose);
  });
}

/** `tls.Server` does this for the sockets it makes; for others it is left to their maker. */
function checkClient(socket: tls.TLSSocket, options: TlsServerOptions): void {
  if (options.requestCert !== true) return;
  const handle: unknown = Reflect.get(socket, "_handle");
  const verifyError = handle instanceof Object ? (Reflect.get(handle, "verifyError") as unknown) : undefined;
  const error: unknown =
    typeof verifyError === "function" ? Reflect.apply(verifyError, handle, []) : new Error("it cannot be verified");
  if (error === null || error === undefined) socket.authorized = true;
  else if (options.rejectUnauthorized !== false)
    throw new Error("the client's certificate was refused", { cause: error });
}
