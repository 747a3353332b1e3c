import { Socket } from "node:net";
import { getSystemErrorMap } from "node:util";
import { Addr } from "../addr.js";
import { systemError } from "../system-error.js";
import { Views } from "../views.js";
import type { ProxyInfo } from "../proxy/proxy-header.js";
import type { Wire, WireSink } from "../wire.js";
import type { Handle, ShutdownRequest, StreamBinding, WriteRequest } from "./runtime.js";
import { streams } from "./runtime.js";

const READ_BUFFER_SIZE = 65_536;

/** One buffer for every handle of the thread: what arrives is taken out of it before the callback returns. */
const shared = new Views(READ_BUFFER_SIZE);

const owner: unique symbol = Symbol("belfry.wire");

interface OwnedHandle extends Handle {
  [owner]?: HandleWire;
}
interface OwnedWrite extends WriteRequest {
  [owner]?: HandleWire;
  /** What is being written. */
  data?: Uint8Array | string | readonly Uint8Array[];
}

// Present whenever a HandleWire is made: `isHandle` is asked first.
const binding = streams as StreamBinding;
const state = binding?.streamBaseState;
const END_OF_FILE = [...getSystemErrorMap()].find(([, [name]]) => name === "EOF")?.[0];

/** A write that completes at once leaves its request untouched, so one request serves until a write has to wait. */
let spareWrite: OwnedWrite | null = null;

/** A TCP or Unix socket by the runtime's own handle. */
export class HandleWire implements Wire {
  localAddr: Addr;
  remoteAddr: Addr;
  proxy: ProxyInfo | undefined;
  readonly tls = null;
  readonly #handle: OwnedHandle;
  #sink: WireSink | null = null;
  /** Where the handle puts what comes next, if not into the shared buffer. */
  #offered: Uint8Array | null = null;
  /** What it was filled with last, which the handle still has while it does not read; `null` for the shared buffer. */
  #standing: Uint8Array | null = null;
  #isReading = false;
  #isReceiving = false;
  /** The handle knows where to put what comes. One that is only written to needs not. */
  #hasBuffer = false;
  /** A shutdown is under way. */
  #isEnding = false;
  #isClosed = false;
  /** Written before there was a wire, and not counted. */
  #bytesBefore = 0;
  /** What the handle said when it was closed. */
  #bytesWritten = 0;

  /** `localAddr` saves a system call where the caller knows it. */
  constructor(handle: Handle, network: "tcp" | "unix", localAddr?: Addr, remoteAddr?: Addr) {
    this.#handle = handle;
    this.localAddr = localAddr ?? nameOf(handle, network, "getsockname");
    this.remoteAddr = remoteAddr ?? nameOf(handle, network, "getpeername");
  }

  get bytesWritten(): number {
    return this.#isClosed ? this.#bytesWritten : this.#handle.bytesWritten - this.#bytesBefore;
  }

  get bytesQueued(): number {
    return this.#isClosed ? 0 : this.#handle.writeQueueSize;
  }

  /** From here on: what was written before is no part of the stream. */
  startCounting(): this {
    this.#bytesBefore = this.#handle.bytesWritten;
    return this;
  }

  attach(sink: WireSink): void {
    this.#sink = sink;
    this.#handle[owner] = this;
    this.#handle.onread = onRead;
  }

  readStart(): void {
    if (!this.#hasBuffer && !this.#isClosed) {
      this.#hasBuffer = true;
      this.#handle.useUserBuffer(shared.block);
    }
    this.#isReading = true;
    if (this.#standing !== null && this.#offered === null) this.#takeBack();
    const status = this.#isClosed ? 0 : this.#handle.readStart();
    if (status < 0) this.#sink?.onReadError(systemError(status, "read"));
  }

  readStop(): void {
    this.#isReading = false;
    if (!this.#isClosed) this.#handle.readStop();
  }

  /**
   * Accepted only while the handle delivers, whose callback may return the next buffer, or when it has stopped reading and
   * the buffer is the one it had: each `useUserBuffer` adds a listener to the handle that stays until it is closed.
   */
  offer(target: Uint8Array | null): boolean {
    if (this.#isReceiving || (target !== null && target === this.#standing && !this.#isReading)) {
      this.#offered = target;
      return true;
    }
    if (target === null && this.#offered !== null) this.#takeBack();
    return false;
  }

  write(data: Uint8Array | string): boolean {
    const request = (spareWrite ??= new binding.WriteWrap());
    const status =
      typeof data === "string" ? this.#handle.writeUtf8String(request, data) : this.#handle.writeBuffer(request, data);
    return this.#afterWrite(request, status, data);
  }

  writeMany(pieces: Uint8Array[]): boolean {
    const request = (spareWrite ??= new binding.WriteWrap());
    return this.#afterWrite(request, this.#handle.writev(request, pieces, true), pieces);
  }

  shutdown(): void {
    if (this.#isClosed) return;
    const request: ShutdownRequest = new binding.ShutdownWrap();
    request.oncomplete = (status) => {
      this.#isEnding = false;
      if (status < 0) this.#sink?.onWriteError(systemError(status, "shutdown"));
      else this.#sink?.onShutdown();
    };
    const status = this.#handle.shutdown(request);
    this.#isEnding = status >= 0;
    // Not connected any more: the peer's reset came first.
    if (status < 0) this.#sink?.onWriteError(systemError(status, "shutdown"));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#retire();
    this.#handle.close(() => this.#sink?.onClosed());
  }

  reset(): void {
    if (this.#isClosed) return;
    // The runtime refuses a reset while a shutdown is under way, and would not even close the handle then. All was sent in
    // that case.
    if (this.#isEnding || this.#handle.reset === undefined) {
      this.close();
      return;
    }
    this.#retire();
    this.#handle.reset(() => this.#sink?.onClosed());
  }

  release(): Socket {
    this.#handle.readStop();
    this.#retire();
    this.#sink = null;
    delete this.#handle[owner];
    // `handle` is an option of the runtime's that its types leave out.
    const options: object = { handle: this.#handle, allowHalfOpen: true, manualStart: true };
    return new Socket(options);
  }

  /** Called by the handle: `count` bytes came, or a negative error. The result, if any, is the next buffer. */
  received(count: number): Uint8Array | undefined {
    const sink = this.#sink;
    if (sink === null || count === 0) return undefined;
    if (count < 0) {
      if (count === END_OF_FILE) sink.onEnd();
      else sink.onReadError(systemError(count, "read"));
      return undefined;
    }
    const filled = this.#offered;
    this.#offered = null;
    this.#standing = filled;
    this.#isReceiving = true;
    if (filled === null) sink.onBytes(shared.first(count));
    else sink.onFilled(count);
    this.#isReceiving = false;
    // Read anew: the sink may have made another offer meanwhile.
    const next = this.#offered as Uint8Array | null;
    // Stopped: the same memory may be offered again before it reads on.
    if (next === filled || (next === null && !this.#isReading)) return undefined;
    this.#standing = null;
    return next ?? shared.block;
  }

  written(status: number): void {
    if (status < 0) this.#sink?.onWriteError(systemError(status, "write"));
    else this.#sink?.onDrain();
  }

  #takeBack(): void {
    this.#offered = null;
    this.#standing = null;
    if (!this.#isClosed) this.#handle.useUserBuffer(shared.block);
  }

  #retire(): void {
    this.#bytesWritten = this.bytesWritten;
    this.#isClosed = true;
  }

  #afterWrite(request: OwnedWrite, status: number, data: Uint8Array | string | readonly Uint8Array[]): boolean {
    if (status < 0) {
      this.#sink?.onWriteError(systemError(status, "write"));
      return false;
    }
    if (state[binding.kLastWriteWasAsync] === 0) return true;
    spareWrite = null;
    request[owner] = this;
    // The runtime goes on reading the memory, and does not keep it: without this it could be collected meanwhile.
    request.data = data;
    request.oncomplete = onWritten;
    return false;
  }
}

function onRead(this: OwnedHandle): Uint8Array | undefined {
  return this[owner]?.received(state[binding.kReadBytesOrError] ?? 0);
}

function onWritten(this: OwnedWrite, status: number): void {
  this[owner]?.written(status);
}

/** One for all: to fill in what is there takes half as long as to add it. */
const told = { address: "", family: "", port: 0 };

function nameOf(handle: Handle, network: "tcp" | "unix", which: "getsockname" | "getpeername"): Addr {
  if (network === "unix") return new Addr("unix", "", 0);
  told.address = "";
  told.port = 0;
  handle[which]?.(told);
  return new Addr("tcp", told.address, told.port);
}
