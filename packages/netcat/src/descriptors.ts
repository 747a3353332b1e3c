/**
 * The fast path for a process's standard streams: what the runtime's own streams do slower. Everything here may be
 * answered with "not here", and callers then use the stream itself.
 */
import { closeSync, constants, fstatSync, openSync, readSync, writeSync, type Stats } from "node:fs";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { onAbort } from "@belfry/sync";
import type { Sink } from "./sink.js";
import { toSink } from "./sink.js";
import type { Source } from "./source.js";
import { toSource } from "./source.js";

/** Bytes taken of a file at a time: from there on files stop getting faster. */
const FILE_BUFFER_SIZE = 262_144;
/** Less than the 64 KiB a pipe usually holds: its writer goes on while this much is sent, and the reader never sleeps. */
const PIPE_BUFFER_SIZE = 49_152;

/**
 * Makes a {@link Source} of a readable stream such as `process.stdin`.
 *
 * A stream over a regular file is read by descriptor, and on Linux so is one over a pipe; both about double the
 * throughput of reading the stream. The stream must not have been read from. Anything else is read as a stream.
 *
 * @example
 * ```ts
 * import { openInput } from "@belfry/netcat";
 *
 * const source = openInput(process.stdin);
 * source.close();
 * ```
 */
export function openInput(stream: Readable & { readonly fd?: number | undefined }): Source {
  const { fd } = stream;
  if (fd !== undefined && !isBuffering(stream)) {
    const stats = statsOf(fd);
    // A directory, which the runtime takes for an empty stream, fails as it should when it is read.
    if (stats?.isFile() === true || stats?.isDirectory() === true) return new FileSource(fd);
    const own = stats?.isFIFO() === true ? reopen(fd) : null;
    if (own !== null) return new PipeSource(own);
  }
  return toSource(stream);
}

/**
 * Makes a {@link Sink} of a writable stream such as `process.stdout`: a file, or a device that is no terminal, is written
 * by descriptor, whole even when the system takes it in parts; anything else as a stream.
 *
 * @example
 * ```ts
 * import { openOutput } from "@belfry/netcat";
 *
 * await openOutput(process.stdout).write(Buffer.from("done\n"));
 * ```
 */
export function openOutput(
  stream: Writable & { readonly fd?: number | undefined; readonly isTTY?: boolean | undefined },
): Sink {
  const { fd, isTTY } = stream;
  const stats = fd === undefined ? null : statsOf(fd);
  const isFile = stats?.isFile() === true || (stats?.isCharacterDevice() === true && isTTY !== true);
  return fd !== undefined && isFile ? new FileSink(fd) : toSink(stream);
}

function isBuffering(stream: Readable): boolean {
  return stream.readableLength > 0 || stream.readableDidRead;
}

function statsOf(fd: number): Stats | null {
  try {
    return fstatSync(fd);
  } catch {
    return null;
  }
}

/**
 * Opens the pipe behind `fd` a second time, so that switching it to non-blocking leaves the description that other
 * processes share as it is. Linux alone can do that: elsewhere opening `/dev/fd/N` duplicates the descriptor.
 */
function reopen(fd: number): number | null {
  if (process.platform !== "linux") return null;
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null; // someone else's pipe, or no /proc
  }
}

/**
 * Synchronous: for pages the system has at hand, which is nearly always, a thread's round trip costs more than the
 * read. The reader yields to the event loop between chunks.
 */
class FileSource implements Source {
  readonly #fd: number;
  #buffer: Uint8Array | null = Buffer.allocUnsafeSlow(FILE_BUFFER_SIZE);

  constructor(fd: number) {
    this.#fd = fd;
  }

  read(options?: { readonly signal?: AbortSignal | undefined }): Uint8Array | null {
    options?.signal?.throwIfAborted();
    if (this.#buffer === null) return null;
    const length = readSync(this.#fd, this.#buffer, 0, FILE_BUFFER_SIZE, null);
    return length === 0 ? null : this.#buffer.subarray(0, length);
  }

  close(): void {
    this.#buffer = null;
  }
}

interface Waiter {
  readonly resolve: (bytes: Uint8Array | null) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Two buffers: while the reader works with one the pipe fills the other, and with neither free it is not read. So in
 * the steady state, where the reader is back before the next chunk comes, reading is never stopped and started.
 */
class PipeSource implements Source {
  readonly #socket: Socket;
  #waiter: Waiter | null = null;
  /** Came while the reader was busy with the other buffer. */
  #held: Uint8Array | null = null;
  #isOver = false;
  #failure: Error | null = null;
  /** The signal of the reads, listened to from the first of them on rather than anew for each. */
  #signal: AbortSignal | undefined;
  #off: () => void = ignore;

  constructor(fd: number) {
    const buffers = [Buffer.allocUnsafeSlow(PIPE_BUFFER_SIZE), Buffer.allocUnsafeSlow(PIPE_BUFFER_SIZE)] as const;
    let turn = 0;
    this.#socket = openPipe(fd, {
      buffer: () => buffers[(turn = 1 - turn) as 0 | 1],
      callback: (length, buffer) => this.#arrived(buffer.subarray(0, length)),
    });
    this.#socket.on("end", () => this.#end(null));
    this.#socket.on("error", (error) => this.#end(error));
    this.#socket.on("close", () => this.#end(null));
  }

  read(options?: { readonly signal?: AbortSignal | undefined }): Promise<Uint8Array | null> {
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#held !== null) {
      const bytes = this.#held;
      this.#held = null;
      this.#socket.resume();
      return Promise.resolve(bytes);
    }
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#isOver) return Promise.resolve(null);
    if (this.#socket.isPaused() || !this.#socket.readableFlowing) this.#socket.resume();
    if (signal !== this.#signal) this.#listenTo(signal);
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  close(): void {
    this.#held = null;
    this.#end(null);
    this.#socket.destroy();
  }

  /** @returns whether to go on reading. */
  #arrived(bytes: Uint8Array): boolean {
    const waiter = this.#settle();
    if (waiter === null) this.#held = bytes;
    else waiter.resolve(bytes);
    return waiter !== null;
  }

  #listenTo(signal: AbortSignal | undefined): void {
    this.#off();
    this.#signal = signal;
    this.#off = signal === undefined ? ignore : onAbort(signal, (reason) => this.#settle()?.reject(reason));
  }

  #end(failure: Error | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listenTo(undefined);
    this.#failure = failure;
    const waiter = this.#settle();
    if (failure === null) waiter?.resolve(null);
    else waiter?.reject(failure);
  }

  #settle(): Waiter | null {
    const waiter = this.#waiter;
    this.#waiter = null;
    return waiter;
  }
}

interface OnRead {
  readonly buffer: () => Uint8Array;
  readonly callback: (length: number, buffer: Uint8Array) => boolean;
}

function openPipe(fd: number, onread: OnRead): Socket {
  // Documented for `connect` and honoured here, but missing from the constructor's types.
  const options = { fd, readable: true, writable: false, onread };
  try {
    return new Socket(options);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function ignore(): void {}

/** Writes whole chunks: the runtime's own stream over a file loses what the system did not take at once. */
class FileSink implements Sink {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.byteLength;) start += writeSync(this.#fd, bytes, start);
  }
}
