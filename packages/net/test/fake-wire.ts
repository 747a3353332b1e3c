import { Addr } from "../src/addr.js";
import type { Wire, WireSink } from "../src/wire.js";

/** A wire that writes down what it is asked for and takes each write when told to. */
export class FakeWire implements Wire {
  readonly localAddr = new Addr("pipe", "", 0);
  readonly remoteAddr = new Addr("pipe", "", 0);
  readonly tls = null;
  /** Each write as text, in order. */
  readonly writes: string[] = [];
  /** What else was called, in order. */
  readonly calls: string[] = [];
  bytesWritten = 0;
  bytesQueued = 0;
  /** Whether the kernel takes what is written within the call. */
  isTaking = true;
  sink: WireSink | null = null;

  attach(sink: WireSink): void {
    this.sink = sink;
  }

  readStart(): void {
    this.calls.push("readStart");
  }

  readStop(): void {
    this.calls.push("readStop");
  }

  write(data: Uint8Array | string): boolean {
    const bytes = Buffer.from(data as string);
    this.writes.push(bytes.toString("latin1"));
    this.bytesWritten += bytes.length;
    if (!this.isTaking) this.bytesQueued = bytes.length;
    return this.isTaking;
  }

  /** The kernel has room again for what was written last. */
  drain(): void {
    this.bytesQueued = 0;
    this.sink?.onDrain();
  }

  /** Bytes arrive, lent as a wire lends them. */
  arrive(text: string): void {
    const bytes = Buffer.from(text);
    this.sink?.onBytes(bytes);
    bytes.fill(0);
  }

  shutdown(): void {
    this.calls.push("shutdown");
    queueMicrotask(() => this.sink?.onShutdown());
  }

  close(): void {
    this.calls.push("close");
    queueMicrotask(() => this.sink?.onClosed());
  }

  reset(): void {
    this.calls.push("reset");
    queueMicrotask(() => this.sink?.onClosed());
  }

  release(): never {
    throw new TypeError("Cannot release a fake");
  }
}
