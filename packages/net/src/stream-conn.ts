import { fill, finish, hold, pump, unread, writeLent } from "./abilities.js";
import type {
  Borrowing,
  CopyOptions,
  CopyTarget,
  Filling,
  FillTarget,
  Finishing,
  Holding,
  Pumping,
  Rewindable,
} from "./abilities.js";
import { isWaitSource } from "@belfry/sync";
import type { WaitSource } from "@belfry/sync";
import type { Addr } from "./addr.js";
import type { Conn, Deadline, ReadOptions, WaitOptions } from "./conn.js";
import { BrokenError, ClosedError } from "./errors.js";
import { Filler } from "./filler.js";
import { linger } from "./linger.js";
import type { ProxyInfo } from "./proxy/proxy-header.js";
import { Pump } from "./pump.js";
import { ReadHalf } from "./read-half.js";
import type { StartTlsOptions, TlsInfo } from "./tls.js";
import { checkHandshake, Handshake } from "./tls-handshake.js";
import { toReadable, toWritable } from "./web-streams.js";
import type { Wire, WireSink } from "./wire.js";
import { WriteHalf } from "./write-half.js";

/** Takes what was read first out of the stream. */
export const skip: unique symbol = Symbol("belfry.skip");

/** The one implementation of {@link Conn}, over any {@link Wire}. */
export class StreamConn
  implements Conn, WireSink, Rewindable, Holding, Pumping, Filling, Finishing, Borrowing, WaitSource
{
  readonly #wire: Wire;
  readonly #read: ReadHalf;
  readonly #write: WriteHalf;
  #isClosing = false;
  #isReleased = false;
  /** What this connection became by `startTls`, or is becoming. */
  #successor: Conn | Handshake | null = null;
  #closed: Promise<void> | null = null;
  #onClosed: (() => void) | null = null;
  #readable: ReadableStream<Uint8Array> | null = null;
  #writable: WritableStream<Uint8Array> | null = null;

  constructor(wire: Wire) {
    this.#wire = wire;
    this.#read = new ReadHalf(wire);
    this.#write = new WriteHalf(wire);
    wire.attach(this);
  }

  get localAddr(): Addr {
    return this.#wire.localAddr;
  }

  get remoteAddr(): Addr {
    return this.#wire.remoteAddr;
  }

  get bytesRead(): number {
    return this.#read.bytesRead + (this.#successor?.bytesRead ?? 0);
  }

  get bytesWritten(): number {
    return this.#write.bytesWritten + (this.#successor?.bytesWritten ?? 0);
  }

  get bytesQueued(): number {
    return this.#write.bytesQueued + (this.#successor?.bytesQueued ?? 0);
  }

  get tls(): TlsInfo | null {
    return this.#wire.tls;
  }

  get proxy(): ProxyInfo | undefined {
    return this.#wire.proxy;
  }

  get closed(): Promise<void> {
    this.#closed ??= this.#isReleased ? Promise.resolve() : new Promise((resolve) => (this.#onClosed = resolve));
    return this.#closed;
  }

  read(options?: ReadOptions): Promise<Uint8Array | null> {
    this.#write.release();
    return this.#read.read(options);
  }

  readInto(target: Uint8Array, options?: WaitOptions): Promise<number | null> {
    this.#write.release();
    return this.#read.readInto(target, options);
  }

  write(data: Uint8Array | string, options?: WaitOptions): Promise<void> {
    return this.#write.write(data, options, this.#read.isAtWork);
  }

  flush(): Promise<void> {
    return this.#write.flush();
  }

  closeWrite(): Promise<void> {
    return this.#write.end();
  }

  closeRead(): Promise<void> {
    this.#read.discard();
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (this.#successor !== null) return this.#successor.close();
    if (!this.#isClosing) {
      this.#isClosing = true;
      this.#close();
    }
    return this.closed;
  }

  abort(reason?: unknown): void {
    this.#successor?.abort(reason);
    if (this.#isReleased || this.#successor !== null) return;
    this.#isClosing = true;
    const options = reason === undefined ? undefined : { cause: reason };
    this.#read.shut(options);
    this.#write.shut(options);
    this.#wire.reset();
  }

  setDeadline(at: Deadline): void {
    this.setReadDeadline(at);
    this.setWriteDeadline(at);
  }

  setReadDeadline(at: Deadline): void {
    this.#read.setDeadline(at);
  }

  setWriteDeadline(at: Deadline): void {
    this.#write.setDeadline(at);
  }

  async startTls(options: StartTlsOptions): Promise<Conn> {
    const origin = { op: "startTls", localAddr: this.localAddr, remoteAddr: this.remoteAddr };
    checkHandshake(options);
    if (this.#isClosing) throw new ClosedError(origin);
    await this.#write.flush("startTls");
    if (this.#read.buffered > 0) {
      this.abort();
      throw new BrokenError(origin, new Error("bytes had already arrived in the clear"));
    }
    this.#isClosing = true;
    this.#read.shut();
    this.#write.shut();
    try {
      const handshake = new Handshake(this.#wire.release(), origin);
      this.#successor = handshake;
      const secured = await handshake.run(options);
      secured.proxy = this.#wire.proxy;
      const conn = new StreamConn(secured);
      this.#successor = conn;
      void conn.closed.then(() => this.onClosed());
      return conn;
    } catch (error) {
      this.#successor = null;
      this.onClosed();
      throw error;
    }
  }

  get readable(): ReadableStream<Uint8Array> {
    return (this.#readable ??= toReadable(this));
  }

  get writable(): WritableStream<Uint8Array> {
    return (this.#writable ??= toWritable(this));
  }

  /** What the task waits for that has to do with this connection, when one does; its reader's wait first. */
  describeWait(): string | undefined {
    if (isWaitSource(this.#successor)) return this.#successor.describeWait();
    return this.#read.describeWait() ?? this.#write.describeWait();
  }

  [unread](bytes: Uint8Array): void {
    this.#read.unread(bytes);
  }

  /**
   * The first `length` bytes were no part of the stream, and `rest` came behind them. Leaves it as if nobody had read: what
   * comes waits in the kernel.
   */
  [skip](length: number, rest: Uint8Array): void {
    this.#read.bytesRead -= length;
    this.#read.unread(rest);
    this.#read.pause();
  }

  [hold](): void {
    this.#write.hold();
  }

  [writeLent](bytes: Uint8Array): Promise<void> {
    return this.#write.writeLent(bytes);
  }

  [pump](to: CopyTarget, options: CopyOptions): Promise<number> {
    return new Pump(this.#read, this.#write, to).run(options);
  }

  [fill](target: FillTarget, options: WaitOptions): Promise<void> {
    return new Filler(this.#read, this.#write, target).run(options);
  }

  [finish](): boolean {
    // A stream under TLS ends by its close_notify; and a write half that has broken cannot end at all.
    if (this.#isClosing || this.#wire.tls !== null || this.#write.isOver) return false;
    if (!this.#write.tryFlush()) return false;
    this.#isClosing = true;
    this.#endBoth();
    return true;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return new Chunks(this.#read, this.#write);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  onBytes(bytes: Buffer): void {
    this.#read.arrived(bytes);
  }

  onChunk(chunk: Uint8Array): void {
    this.#read.arrivedOwned(chunk);
  }

  onFilled(length: number): void {
    this.#read.filled(length);
  }

  onEnd(cause?: Error): void {
    if (cause === undefined) this.#read.ended();
    else this.#read.broke(cause);
    this.#releaseIfOver();
  }

  onReadError(error: Error): void {
    this.#read.broke(error);
    // A reset ends both ways; what had arrived can still be read.
    this.#write.broke(error);
    this.#releaseIfOver();
  }

  onWriteError(error: Error): void {
    this.#write.broke(error);
    this.#releaseIfOver();
  }

  onDrain(): void {
    this.#write.drained();
  }

  onShutdown(): void {
    this.#write.shutDown();
    this.#releaseIfOver();
  }

  onClosed(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    // A socket of the runtime may close without having said why.
    if (!this.#read.isOver) this.#read.broke(new Error("the connection was lost"));
    if (!this.#write.isOver) this.#write.broke(new Error("the connection was lost"));
    this.#read.release();
    this.#onClosed?.();
  }

  /** Both halves over: nothing is left to be done with the descriptor. */
  #releaseIfOver(): void {
    if (!this.#isClosing && this.#read.isOver && this.#write.isOver) this.#wire.close();
  }

  #close(): void {
    // Closing with unread input resets the connection, and the peer may lose the end of what was sent to it.
    const mustLinger = !this.#read.isOver && (this.#read.buffered > 0 || !this.#read.isFlowing);
    this.#read.shut();
    // Without its close_notify the peer must take the end of a TLS stream for a truncation (RFC 8446 §6.1).
    const endsWrite = mustLinger || this.#wire.tls !== null;
    if (endsWrite || !this.#write.tryFlush()) {
      void this.#closeLater(mustLinger, endsWrite);
      return;
    }
    this.#endBoth();
  }

  #endBoth(): void {
    this.#read.shut();
    this.#write.shut();
    this.#wire.close();
  }

  async #closeLater(mustLinger: boolean, endsWrite: boolean): Promise<void> {
    const isFlushed = this.#write.isOver || (await this.#flushLast(endsWrite));
    this.#write.shut();
    if (mustLinger && isFlushed) await linger(this.#read);
    if (isFlushed) this.#wire.close();
    else this.#wire.reset();
  }

  /** @returns whether nothing was given up: what is left when time runs out, the peer must not take for all. */
  async #flushLast(endsWrite: boolean): Promise<boolean> {
    try {
      await (endsWrite ? this.#write.end() : this.#write.flush("close"));
      return true;
    } catch {
      return this.#write.isOver;
    }
  }
}

/** A class rather than two closures: an idle connection in a `for await` holds one of these. */
class Chunks implements AsyncIterator<Uint8Array, undefined> {
  readonly #read: ReadHalf;
  readonly #write: WriteHalf;

  constructor(read: ReadHalf, write: WriteHalf) {
    this.#read = read;
    this.#write = write;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#write.release();
    return this.#read.next();
  }

  /** Leaving the loop leaves the connection as it is. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    return Promise.resolve({ value: undefined, done: true });
  }
}
