import { Addr } from "../addr.js";
import type { Wire, WireSink } from "../wire.js";

/** Writes that are delivered within the call before one waits for the event loop, so that a ping-pong starves nobody. */
const DELIVERY_BUDGET = 1_024;

const addr = new Addr("pipe", "", 0);

let deliveries = 0;

/** One end of a pipe in memory: what is written here arrives at its peer. */
export class MemoryWire implements Wire {
  readonly localAddr = addr;
  readonly remoteAddr = addr;
  readonly tls = null;
  /** The end that what is written here arrives at; itself until it has one. */
  #other: MemoryWire = this;
  #sink: WireSink | null = null;
  #isReading = false;
  /** A write that the peer has not let in yet; this end's until then. */
  #waiting: Buffer | null = null;
  #isShutdownWaiting = false;
  #isShutDown = false;
  #isClosed = false;

  /** Two ends that are each other's peers. */
  static pair(): [MemoryWire, MemoryWire] {
    const a = new MemoryWire();
    const b = new MemoryWire();
    a.#other = b;
    b.#other = a;
    return [a, b];
  }

  attach(sink: WireSink): void {
    this.#sink = sink;
  }

  readStart(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    // Bytes must not come out of the call that asks for them.
    queueMicrotask(() => this.#other.#deliver());
  }

  readStop(): void {
    this.#isReading = false;
  }

  write(data: Uint8Array | string): boolean {
    if (this.#isBroken()) return false;
    const bytes = typeof data === "string" ? Buffer.from(data) : bufferOver(data);
    deliveries += 1;
    const peer = this.#other;
    if (peer.#isReading && deliveries % DELIVERY_BUDGET !== 0) {
      peer.#sink?.onBytes(bytes, bytes.length);
      return true;
    }
    this.#waiting = bytes;
    if (peer.#isReading) setImmediate(() => this.#deliver());
    return false;
  }

  shutdown(): void {
    if (this.#isBroken()) return;
    this.#isShutdownWaiting = true;
    queueMicrotask(() => {
      this.#sink?.onShutdown();
      this.#deliver();
    });
  }

  close(): void {
    this.#end(null);
  }

  reset(): void {
    this.#end(new Error("pipe ECONNRESET: the other end was aborted"));
  }

  release(): never {
    throw new TypeError("Cannot put TLS on a pipe: it is no socket");
  }

  /** Hands over what waits for the peer, once it reads. */
  #deliver(): void {
    const peer = this.#other;
    if (!peer.#isReading || peer.#isClosed) return;
    const bytes = this.#waiting;
    if (bytes !== null) {
      this.#waiting = null;
      peer.#sink?.onBytes(bytes, bytes.length);
      this.#sink?.onDrain();
    }
    if (this.#isShutdownWaiting && this.#waiting === null && !this.#isShutDown && peer.#isReading) {
      this.#isShutDown = true;
      peer.#sink?.onEnd();
    }
  }

  #isBroken(): boolean {
    if (this.#isClosed || !this.#other.#isClosed) return this.#isClosed;
    this.#sink?.onWriteError(brokenPipe());
    return true;
  }

  #end(reset: Error | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    queueMicrotask(() => {
      if (!this.#other.#isClosed) this.#other.#peerGone(reset);
      this.#sink?.onClosed();
    });
  }

  #peerGone(reset: Error | null): void {
    if (this.#waiting !== null) {
      this.#waiting = null;
      this.#sink?.onWriteError(reset ?? brokenPipe());
    }
    if (reset !== null) this.#sink?.onReadError(reset);
    else if (!this.#other.#isShutDown) this.#sink?.onEnd();
  }
}

function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function brokenPipe(): Error {
  return Object.assign(new Error("pipe EPIPE: the other end is closed"), { code: "EPIPE" });
}
