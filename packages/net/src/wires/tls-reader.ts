import type { TLSSocket } from "node:tls";
import { Views } from "../views.js";
import type { WireSink } from "../wire.js";
import { isHandle, streams } from "./runtime.js";
import type { Handle, StreamBinding } from "./runtime.js";

/** The most a TLS record holds (RFC 8446 §5.1): the runtime decrypts into no more than that. */
const READ_BUFFER_SIZE = 16_384;

/** From here on records count as bulk, and are not copied into memory of the right size. */
const BULK_SIZE = 8_192;
const OWN_SIZE = 65_536;

/** One for all sockets of the thread: what arrives is taken out of it before the callback returns. */
const shared = new Views(READ_BUFFER_SIZE);

// Present whenever a TlsReader is made: `isHandle` is asked first.
const binding = streams as StreamBinding;

/** What the runtime puts on the handle of a socket. */
interface SocketHandle extends Handle {
  /** Whether the socket believes that it reads. */
  reading: boolean;
}

type OnRead = (this: Handle, ...args: unknown[]) => unknown;

/**
 * Reads what a TLS socket decrypts straight from its handle. The runtime would make a buffer for each record, and that and
 * what the stream does with it cost as much as decrypting it. The end and errors go on to the socket.
 */
export class TlsReader {
  readonly #socket: TLSSocket;
  readonly #handle: SocketHandle;
  readonly #sink: WireSink;
  readonly #onOther: OnRead;
  #offered: Uint8Array | null = null;
  /** Memory for chunks that are to be kept, while they come in bulk. */
  #own: Buffer | null = null;
  #isReceiving = false;

  /**
   * Takes over from the stream, for good; the first bytes go to `target`.
   *
   * @returns `null` where the runtime's handles are not known, and while the stream holds bytes.
   */
  static takeOver(socket: TLSSocket, sink: WireSink, target: Uint8Array): TlsReader | null {
    const handle: unknown = Reflect.get(socket, "_handle");
    if (!isHandle(handle) || typeof handle.onread !== "function" || socket.readableLength > 0) return null;
    return new TlsReader(socket, handle as SocketHandle, sink, target);
  }

  private constructor(socket: TLSSocket, handle: SocketHandle, sink: WireSink, target: Uint8Array) {
    this.#socket = socket;
    this.#handle = handle;
    this.#sink = sink;
    this.#onOther = handle.onread as OnRead;
    handle.onread = (...args: unknown[]) => {
      const count = binding.streamBaseState[binding.kReadBytesOrError] ?? 0;
      return count > 0 ? this.#received(count) : this.#onOther.apply(handle, args);
    };
    this.#offered = target;
    handle.useUserBuffer(target);
  }

  readStart(): void {
    if (this.#socket.destroyed) return;
    this.#handle.reading = true;
    this.#handle.readStart();
  }

  readStop(): void {
    if (this.#socket.destroyed) return;
    this.#handle.reading = false;
    this.#handle.readStop();
  }

  /** Accepted only while the handle delivers, as by `HandleWire`. */
  offer(target: Uint8Array | null): boolean {
    if (this.#isReceiving) {
      this.#offered = target;
      return true;
    }
    if (target === null && this.#offered !== null && !this.#socket.destroyed) {
      this.#offered = null;
      this.#own = null;
      this.#handle.useUserBuffer(shared.block);
    }
    return false;
  }

  /** The result, if any, is the next buffer. */
  #received(count: number): Uint8Array | undefined {
    const offered = this.#offered;
    const own = this.#own;
    this.#offered = null;
    this.#own = null;
    this.#isReceiving = true;
    if (offered !== null) this.#sink.onFilled(count);
    else if (own === null) this.#sink.onBytes(shared.first(count));
    else if (count >= BULK_SIZE) this.#sink.onChunk(own.subarray(0, count));
    else this.#sink.onBytes(own.subarray(0, count));
    this.#isReceiving = false;
    // Read anew: the sink may have made another offer meanwhile.
    const next = this.#offered as Uint8Array | null;
    if (next !== null) return next;
    if (count >= BULK_SIZE && offered === null) return (this.#own = roomBehind(own, count));
    return offered === null && own === null ? undefined : shared.block;
  }
}

/** For who reads chunks of their own: some records share one block of memory, and none is copied. */
function roomBehind(own: Buffer | null, count: number): Buffer {
  const isEnough = own !== null && own.byteLength - count >= READ_BUFFER_SIZE;
  return isEnough ? own.subarray(count) : Buffer.allocUnsafeSlow(OWN_SIZE);
}
