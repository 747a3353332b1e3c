import type { Readable } from "node:stream";
import { InputError } from "./errors.js";
import { unless } from "./unless.js";

/** Where bytes to send come from, read on demand. One task reads at a time. */
export interface Source {
  /**
   * Waits for bytes.
   *
   * The bytes are lent until the next call. `null` is the end, and is given again on every later call. An aborted wait
   * rejects with `signal.reason` and loses nothing: what arrives later is given to the next call.
   */
  read(options?: { readonly signal?: AbortSignal | undefined }): Promise<Uint8Array | null> | Uint8Array | null;
  /** Lets go of what is behind it; nothing is read after that, and it no longer keeps the process alive. Idempotent. */
  close(): void;
}

/** What can be read from: a {@link Source}, a Node stream, a text or any iterable of bytes or text (sent as UTF-8). */
export type Input = Source | Readable | Chunked;

type Chunked = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/**
 * Makes a {@link Source} of any input; one that is a Source already comes back as it is.
 *
 * Closing the Source destroys a Node stream and ends any other iterator with `return()`.
 */
export function toSource(input: Input): Source {
  // A text is an iterable too, of its characters.
  if (typeof input === "string") return new IteratorSource([input]);
  return isSource(input) ? input : new IteratorSource(input);
}

/** What a task that is cancelled by `signal` throws when reading its source threw `error`. */
export function inputFailure(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted ? error : new InputError(error);
}

/** Reads a source for a task that is cancelled by `signal`. @throws {InputError} when it cannot be read. */
export async function readInput(source: Source, signal: AbortSignal): Promise<Uint8Array | null> {
  try {
    return await source.read({ signal });
  } catch (error) {
    throw inputFailure(error, signal);
  }
}

/** A stream or a Conn can be read and closed, too, but iterates. */
function isSource(input: Exclude<Input, string>): input is Source {
  return "read" in input && "close" in input && !(Symbol.asyncIterator in input);
}

type Chunks = AsyncIterator<Uint8Array | string> | Iterator<Uint8Array | string>;

class IteratorSource implements Source {
  readonly #input: Readable | Chunked;
  #chunks: Chunks | null = null;
  /** The step under way; a wait that was called off leaves it here for the next one. */
  #step: Promise<Uint8Array | null> | null = null;
  #isClosed = false;

  constructor(input: Readable | Chunked) {
    this.#input = input;
  }

  async read(options?: { readonly signal?: AbortSignal | undefined }): Promise<Uint8Array | null> {
    if (this.#isClosed) return null;
    this.#step ??= this.#advance();
    const bytes = await unless(this.#step, options?.signal);
    // The end stays where it is, for every later call.
    if (bytes !== null) this.#step = null;
    return bytes;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if ("destroy" in this.#input) this.#input.destroy();
    // Not awaited: behind a step that never settles, `return` does not either.
    else void Promise.resolve(this.#chunks?.return?.()).catch(() => {});
  }

  async #advance(): Promise<Uint8Array | null> {
    this.#chunks ??= iterate(this.#input);
    try {
      for (;;) {
        const { value, done } = await this.#chunks.next();
        if (done === true) return null;
        const bytes = typeof value === "string" ? Buffer.from(value) : value;
        if (bytes.byteLength > 0) return bytes;
      }
    } catch (error) {
      if (this.#isClosed) return null;
      throw error;
    }
  }
}

function iterate(input: Readable | Chunked): Chunks {
  return Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input[Symbol.iterator]();
}
