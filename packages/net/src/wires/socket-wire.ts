import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { Addr } from "../addr.js";
import type { CloseNotify } from "../close-notify.js";
import type { TlsInfo } from "../tls.js";
import type { ProxyInfo } from "../proxy/proxy-header.js";
import type { Wire, WireSink } from "../wire.js";
import { TlsReader } from "./tls-reader.js";

/** Any `net.Socket`, by its public interface: TLS, and every runtime whose handles are not known. */
export class SocketWire implements Wire {
  localAddr: Addr;
  remoteAddr: Addr;
  proxy: ProxyInfo | undefined;
  readonly tls: TlsInfo | null;
  bytesWritten = 0;
  readonly #socket: Socket;
  readonly #closeNotify: CloseNotify | null;
  readonly #hasReset: boolean;
  #sink: WireSink | null = null;
  /** In the stream's place once memory was offered: bytes come in bulk then. */
  #reader: TlsReader | null = null;
  #isClosed = false;

  /**
   * The socket is connected (with TLS: past its handshake), half-open and paused, with no listener of its own.
   *
   * With `closeNotify` its end is one only where that has come.
   */
  constructor(
    socket: Socket,
    ends?: { localAddr: Addr; remoteAddr: Addr },
    tls: TlsInfo | null = null,
    closeNotify: CloseNotify | null = null,
  ) {
    this.#socket = socket;
    this.#closeNotify = closeNotify;
    this.tls = tls;
    this.localAddr = ends?.localAddr ?? localAddrOf(socket);
    this.remoteAddr = ends?.remoteAddr ?? remoteAddrOf(socket);
    this.#hasReset = tls === null && this.remoteAddr.network === "tcp";
  }

  get bytesQueued(): number {
    return this.#socket.writableLength;
  }

  attach(sink: WireSink): void {
    const socket = this.#socket;
    let isEnded = false;
    this.#sink = sink;
    socket.on("data", (chunk: Buffer) => sink.onChunk(chunk));
    socket.pause(); // a `data` listener starts the flow
    socket.once("end", () => {
      isEnded = true;
      const isProper = this.#closeNotify?.hasCome ?? true;
      sink.onEnd(isProper ? undefined : new Error("the peer ended it without close_notify"));
    });
    socket.on("error", (error) => {
      sink.onWriteError(error);
      if (!isEnded) sink.onReadError(error);
    });
    socket.once("close", () => sink.onClosed());
    socket.once("finish", () => sink.onShutdown());
    this.#onDrain = () => sink.onDrain();
    this.#onError = (error) => sink.onWriteError(error);
  }

  readStart(): void {
    if (this.#reader !== null) this.#reader.readStart();
    else this.#socket.resume();
  }

  readStop(): void {
    if (this.#reader !== null) this.#reader.readStop();
    else this.#socket.pause();
  }

  offer(target: Uint8Array | null): boolean {
    if (this.#reader !== null) return this.#reader.offer(target);
    if (target === null || this.tls === null || this.#sink === null) return false;
    this.#reader = TlsReader.takeOver(this.tls.socket, this.#sink, target);
    // Whether the stream was reading is not to be seen from here; an offer means that somebody waits for bytes.
    this.#reader?.readStart();
    return this.#reader !== null;
  }

  write(data: Uint8Array | string): boolean {
    const socket = this.#socket;
    let isWaiting = false;
    this.bytesWritten += typeof data === "string" ? Buffer.byteLength(data) : data.byteLength;
    // An error is told by the `error` event, once.
    socket.write(data, (error) => {
      if (isWaiting && !error) this.#onDrain();
    });
    // Nothing left in the socket means that the kernel took it all within the call.
    if (socket.writableLength === 0 && !socket.destroyed) return true;
    isWaiting = true;
    return false;
  }

  shutdown(): void {
    if (this.#socket.destroyed) this.#onError(new Error("the socket is closed"));
    else this.#socket.end();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.destroy();
  }

  reset(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const socket = this.#socket;
    // The runtime refuses a reset while a shutdown is under way, and then keeps the handle. All was sent in that case.
    const isEnding = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
    if (this.#hasReset && !isEnding) socket.resetAndDestroy();
    else socket.destroy();
  }

  release(): Socket {
    this.#isClosed = true;
    for (const event of ["data", "end", "error", "close", "finish"]) this.#socket.removeAllListeners(event);
    return this.#socket;
  }

  #onDrain: () => void = () => {};
  #onError: (error: Error) => void = () => {};
}

/** What the handshake of `socket` agreed on. */
export function tlsInfoOf(socket: TLSSocket): TlsInfo {
  const certificate = socket.getPeerCertificate();
  return {
    protocol: socket.getProtocol() ?? "",
    cipher: socket.getCipher().standardName,
    alpnProtocol: socket.alpnProtocol || null,
    servername: ("servername" in socket && typeof socket.servername === "string" && socket.servername) || null,
    isAuthorized: socket.authorized,
    isSessionReused: socket.isSessionReused(),
    // The runtime gives an empty object where there is none.
    peerCertificate: Object.keys(certificate).length > 0 ? certificate : null,
    socket,
  };
}

function localAddrOf(socket: Socket): Addr {
  if (socket.localAddress === undefined) return new Addr("unix", "", 0);
  return new Addr("tcp", socket.localAddress, socket.localPort ?? 0);
}

function remoteAddrOf(socket: Socket): Addr {
  if (socket.remoteAddress === undefined) return new Addr("unix", "", 0);
  return new Addr("tcp", socket.remoteAddress, socket.remotePort ?? 0);
}
