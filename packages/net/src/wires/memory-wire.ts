import { Addr } from "../addr.js";
import type { Wire, WireSink } from "../wire.js";

/** What may be on its way to an end that does not read, as in the buffers of a kernel. */
const CAPACITY = 65_536;

/** Writes that are delivered within the call before one waits for the event loop, so that a ping-pong starves nobody. */
const DELIVERY_BUDGET = 1_024;

const addr = new Addr("pipe", "", 0);

let deliveries = 0;

/** One end of a pipe in memory: what is written here arrives at its peer. */
export class MemoryWire implements Wire {
  readonly localAddr = addr;
  readonly remoteAddr = addr;
  readonly tls = null;
  bytesWritten = 0;
  /** The end that what is written here arrives at; itself until it has one. */
  #other: MemoryWire = this;
  #sink: WireSink | null = null;
  #isReading = false;
  /** Bytes on their way from here, copied; at most {@link CAPACITY} of them. */
  #underWay: Buffer[] = [];
  #bytesUnderWay = 0;
  /** A write that has no room yet; the writer's until then. */
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

  get bytesQueued(): number {
    return this.#waiting?.length ?? 0;
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
    const other = this.#other;
    this.bytesWritten += bytes.length;
    deliveries += 1;
    const isImmediate = other.#isReading && this.#underWay.length === 0 && deliveries % DELIVERY_BUDGET !== 0;
    if (isImmediate) other.#sink?.onBytes(bytes);
    else if (this.#bytesUnderWay + bytes.length <= CAPACITY) this.#post(Buffer.from(bytes));
    else this.#waiting = bytes;
    return this.#waiting === null;
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

  /** Puts a copy on its way; it arrives once the other end reads. */
  #post(copy: Buffer): void {
    this.#underWay.push(copy);
    this.#bytesUnderWay += copy.length;
    if (this.#other.#isReading) setImmediate(() => this.#deliver());
  }

  /** Hands over what is on its way for as long as the other end reads. */
  #deliver(): void {
    const other = this.#other;
    while (other.#isReading && !other.#isClosed) {
      const bytes = this.#underWay.shift() ?? this.#waiting;
      if (bytes === null) {
        this.#deliverEnd();
        return;
      }
      if (bytes === this.#waiting) {
        this.#waiting = null;
        other.#sink?.onBytes(bytes);
        this.#sink?.onDrain();
      } else {
        this.#bytesUnderWay -= bytes.length;
        other.#sink?.onBytes(bytes);
      }
    }
  }

  #deliverEnd(): void {
    if (!this.#isShutdownWaiting || this.#isShutDown) return;
    this.#isShutDown = true;
    this.#other.#sink?.onEnd();
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
      this.#leave(this.#other, reset);
      this.#sink?.onClosed();
    });
  }

  /** A reset overtakes what is on its way; a plain end follows it. */
  #leave(other: MemoryWire, reset: Error | null): void {
    if (other.#isClosed) return;
    if (other.#waiting !== null) {
      other.#waiting = null;
      other.#sink?.onWriteError(reset ?? brokenPipe());
    }
    if (reset !== null) other.#sink?.onReadError(reset);
    else {
      this.#isShutdownWaiting = true;
      this.#deliver();
    }
  }
}

function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function brokenPipe(): Error {
  return Object.assign(new Error("pipe EPIPE: the other end is closed"), { code: "EPIPE" });
}
