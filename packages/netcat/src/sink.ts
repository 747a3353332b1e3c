import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { OutputError } from "./errors.js";
import { unless } from "./unless.js";

/** Where received bytes go. One task writes at a time. */
export interface Sink {
  /**
   * Takes all of `bytes`, which are the caller's again once it returns, or once the promise it returns resolves.
   *
   * @throws the system's error once the other end is gone.
   */
  write(bytes: Uint8Array): Promise<void> | void;
}

/** What can be written to: a {@link Sink}, such as a `Conn`, or a Node stream. */
export type Output = Sink | Writable;

/** Makes a {@link Sink} of any output; one that is a Sink already comes back as it is. The stream is never ended. */
export function toSink(output: Output): Sink {
  if (!("writableLength" in output)) return output;
  let sink = sinks.get(output);
  if (sink === undefined) sinks.set(output, (sink = new StreamSink(output)));
  return sink;
}

/** One for each stream: its listener stays. */
const sinks = new WeakMap<Writable, StreamSink>();

/**
 * Writes to a sink for a task that is cancelled by `signal`: one whose reader has stalled is not waited for then.
 *
 * @throws {OutputError} when it cannot be written.
 */
export async function writeOutput(sink: Sink, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  try {
    const written = sink.write(bytes);
    if (written !== undefined) await unless(written, signal);
  } catch (error) {
    throw signal.aborted ? error : new OutputError(error);
  }
}

class StreamSink implements Sink {
  readonly #stream: Writable;
  readonly #isSocket: boolean;
  #failure: Error | null = null;

  constructor(stream: Writable) {
    this.#stream = stream;
    this.#isSocket = stream instanceof Socket;
    // Stays for good: a stream reports a failed write by this event too, and one nobody listens to ends the process.
    stream.on("error", (error) => (this.#failure = error));
  }

  write(bytes: Uint8Array): Promise<void> | void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#isSocket) return this.#writeSocket(bytes);
    return new Promise((resolve, reject) => {
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  #writeSocket(bytes: Uint8Array): Promise<void> | void {
    this.#stream.write(bytes);
    // A socket tries at once, so nothing left means that the kernel has it all: no need to wait for a callback.
    if (this.#stream.writableLength === 0) return;
    return new Promise((resolve, reject) => {
      this.#stream.write("", (error) => (error ? reject(error) : resolve()));
    });
  }
}
