import { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { getSystemErrorMap } from "node:util";
import { isHandle } from "./wires/runtime.js";
import type { Handle } from "./wires/runtime.js";

/**
 * Tells an end of the stream that the peer has announced (close_notify, RFC 8446 §6.1) from one that anybody on the way
 * can bring about. The runtime reports both alike.
 */
export interface CloseNotify {
  /** Whether close_notify has come. Known once the socket has read its end, which is before it reports it. */
  readonly hasCome: boolean;
}

/** A TLS socket and what is known of the end of its stream. */
export interface WatchedSocket {
  readonly socket: TLSSocket;
  readonly closeNotify: CloseNotify;
}

/** What libuv says to whoever starts reading where reading goes on. */
const ALREADY_READING = [...getSystemErrorMap()].find(([, [name]]) => name === "EALREADY")?.[0];

/** Makes a TLS socket on `transport` by `make`, and watches how the stream of its peer ends. */
export function watchCloseNotify(transport: Duplex, make: (transport: Duplex) => TLSSocket): WatchedSocket {
  const handle: unknown = Reflect.get(transport, "_handle");
  if (isHandle(handle)) {
    const socket = make(transport);
    return { socket, closeNotify: watch(socket, () => isAnnounced(handle, socket)) };
  }
  // Costs a seventh to a third of the throughput, for each record goes through one more stream.
  const { outer, leave } = wrap(transport);
  const socket = make(outer);
  const isAnnouncedNow = (): boolean => {
    if (outer.readableEnded) return false;
    leave();
    return true;
  };
  return { socket, closeNotify: watch(socket, isAnnouncedNow) };
}

/** Asks at the moment the end is read: what made it is only to be seen then. A slow reader hears of the end later. */
function watch(socket: TLSSocket, isAnnouncedNow: () => boolean): CloseNotify {
  const closeNotify = { hasCome: false };
  const push = socket.push.bind(socket);
  socket.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk === null && !closeNotify.hasCome) closeNotify.hasCome = isAnnouncedNow();
    return push(chunk, encoding);
  };
  return closeNotify;
}

/**
 * The end of the TCP stream stops reading from it, close_notify does not. So where the handle says that it is reading
 * still, the end of the TLS stream is not due to the end of the TCP stream.
 */
function isAnnounced(handle: Handle, socket: TLSSocket): boolean {
  // A reader that could not keep up has had reading stopped, within the read that brought the end: a chunk and close_notify
  // came as one, since the end of the TCP stream is a read of its own.
  const isStopped = Reflect.get(Reflect.get(socket, "_handle") ?? {}, "reading") === false;
  const hasCome = isStopped || handle.readStart() === ALREADY_READING;
  // Nothing more is to come. A peer that closes with session tickets unread sends a reset behind its close_notify,
  // and to read that would cost the reader what waits for it.
  handle.readStop();
  return hasCome;
}

/**
 * A stream around `transport`, whose end is to be seen where the runtime would take a socket's handle away from it;
 * `leave` lets it stand when the transport breaks.
 */
function wrap(transport: Duplex): { readonly outer: Duplex; readonly leave: () => void } {
  const outer = new Duplex({
    read: () => void transport.resume(),
    write: (chunk: Uint8Array, encoding, done) => void transport.write(chunk, encoding, done),
    final: (done) => void transport.end(done),
    destroy: (error, done) => {
      transport.destroy();
      done(error);
    },
  });
  const onError = (error: Error): void => void outer.destroy(error);
  const onClose = (): void => void outer.destroy();
  transport.on("data", (chunk: Uint8Array) => {
    if (!outer.push(chunk)) transport.pause();
  });
  transport.pause(); // a `data` listener starts the flow
  transport.once("end", () => outer.push(null));
  transport.on("error", () => {});
  transport.once("error", onError).once("close", onClose);
  return { outer, leave: () => void transport.off("error", onError).off("close", onClose) };
}
