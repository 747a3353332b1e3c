import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import * as tls from "node:tls";
import type { Addr } from "./addr.js";
import { BrokenError } from "./errors.js";
import type { ErrorOrigin } from "./errors.js";
import type { StartTlsOptions, TlsClientOptions, TlsOptions, TlsServerOptions } from "./tls.js";
import type { Wire } from "./wire.js";
import { SocketWire, tlsInfoOf } from "./wires/socket-wire.js";

const HANDSHAKE_TIMEOUT = 5_000;

/** Both ends are known where a handshake begins. */
interface Ends extends ErrorOrigin {
  readonly localAddr: Addr;
  readonly remoteAddr: Addr;
}

/**
 * Does the handshake on a connected transport and gives the wire above it. On failure the transport is destroyed.
 *
 * @throws {BrokenError} when the handshake fails or takes longer than `handshakeTimeout`.
 */
export async function secure(transport: Duplex, options: StartTlsOptions, ends: Ends): Promise<Wire> {
  const socket = options.isServer === true ? serverSide(transport, options) : clientSide(transport, options, ends);
  try {
    await handshake(socket, options.isServer === true ? "secure" : "secureConnect", options.handshakeTimeout);
    if (options.isServer === true) checkClient(socket, options);
  } catch (error) {
    // Listened to for ever: a failed socket may report again while it is torn down.
    socket.on("error", () => {});
    socket.destroy();
    throw new BrokenError(ends, error);
  }
  return new SocketWire(socket, ends, tlsInfoOf(socket));
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
    secureContext: contextOf(options),
    ...alpn(options),
  });
}

function serverSide(socket: Duplex, options: TlsServerOptions): tls.TLSSocket {
  return new tls.TLSSocket(socket, {
    isServer: true,
    requestCert: options.requestCert ?? false,
    rejectUnauthorized: false, // checked below: a bare server-side socket does not do it by itself
    secureContext: contextOf(options),
    ...alpn(options),
  });
}

/** A context costs a millisecond, so there is one for each options object. */
const contexts = new WeakMap<TlsOptions, tls.SecureContext>();

function contextOf(options: TlsOptions): tls.SecureContext {
  if (options.secureContext !== undefined) return options.secureContext;
  let context = contexts.get(options);
  if (context === undefined) {
    context = tls.createSecureContext({
      ...(options.ca !== undefined && { ca: pem(options.ca) }),
      ...(options.cert !== undefined && { cert: pem(options.cert) }),
      ...(options.key !== undefined && { key: pem(options.key) }),
      ...(options.passphrase !== undefined && { passphrase: options.passphrase }),
      ...(options.maxVersion !== undefined && { maxVersion: options.maxVersion }),
      minVersion: options.minVersion ?? "TLSv1.2",
    });
    contexts.set(options, context);
  }
  return context;
}

type NodePem = string | Buffer | (string | Buffer)[];

function pem(value: NonNullable<TlsOptions["ca"]>): NodePem {
  const one = (item: string | Uint8Array): string | Buffer => (typeof item === "string" ? item : Buffer.from(item));
  return typeof value === "string" || value instanceof Uint8Array ? one(value) : value.map(one);
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
    const timer = setTimeout(() => settle(new Error(`the handshake took longer than ${timeout} ms`)), timeout);
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
