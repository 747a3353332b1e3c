import type { Duplex } from "node:stream";
import type { Addr } from "./addr.js";
import type { ProxyInfo } from "./proxy/proxy-header.js";
import type { TlsInfo } from "./tls.js";

/**
 * The seam between a Conn and what carries its bytes: a runtime's handle, a socket, memory.
 *
 * A wire knows nothing of promises, deadlines or queues; it moves bytes, one write at a time, and tells its sink what
 * happened. Another runtime or a native engine is put in by writing one more of these.
 */
export interface Wire {
  /** Both ends; behind a proxy those of its client, from the moment its header is read. */
  localAddr: Addr;
  remoteAddr: Addr;
  /** What a proxy has told of the connection, and the proxy's own ends. */
  proxy?: ProxyInfo | undefined;
  /** What TLS agreed on; `null` in the clear. */
  readonly tls: TlsInfo | null;
  /** Bytes handed to `write`, also after the end. */
  readonly bytesWritten: number;
  /** Bytes of the write under way that the kernel has not taken. */
  readonly bytesQueued: number;

  /** Names who is told. Called once, before anything else. */
  attach(sink: WireSink): void;

  /** Lets bytes come. A wire starts out silent. */
  readStart(): void;
  /** Keeps bytes from coming; a chunk under way may still arrive. */
  readStop(): void;

  /**
   * Offers memory for the next bytes to be put straight into, in place of the wire's own. Wires that cannot leave this
   * out. Called again with `null` to take an accepted offer back.
   *
   * @returns whether it was accepted: then `onFilled` follows in place of `onBytes`.
   */
  offer?(target: Uint8Array | null): boolean;

  /**
   * Sends. Called with no other write under way.
   *
   * @returns `true` when everything is with the kernel and `data` is free again; `false` when `onDrain` will say so.
   */
  write(data: Uint8Array | string): boolean;
  /** Sends several pieces as one, where the wire can do better than joining them. */
  writeMany?(pieces: Uint8Array[]): boolean;

  /** Ends the write half behind the last write; `onShutdown` follows. */
  shutdown(): void;
  /** Releases the descriptor without a reset; `onClosed` follows. Idempotent. */
  close(): void;
  /** Releases the descriptor and resets the peer where the transport can; `onClosed` follows. Idempotent. */
  reset(): void;

  /** Gives up the transport for TLS to be put on it; the wire is dead then. */
  release(): Duplex;
}

/** Who is told of what a {@link Wire} does. */
export interface WireSink {
  /** Bytes came; they are only lent until this returns. */
  onBytes(bytes: Buffer): void;
  /** A chunk came that nobody else holds. */
  onChunk(chunk: Uint8Array): void;
  /** `length` bytes came and stand in the buffer that was offered. */
  onFilled(length: number): void;
  /** The peer has ended its write half, or so it seems: `cause` says why that is no proper end. */
  onEnd(cause?: Error): void;
  /** The peer or the network broke the read half. */
  onReadError(error: Error): void;
  /** The peer or the network broke the write half; a write or shutdown under way is over. */
  onWriteError(error: Error): void;
  /** The write under way is with the kernel. */
  onDrain(): void;
  /** The write half has ended. */
  onShutdown(): void;
  /** The descriptor is released. */
  onClosed(): void;
}
