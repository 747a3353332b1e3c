import type { Conn, WaitOptions } from "./conn.js";
import { LineTooLongError } from "./errors.js";
import type { FrameBuffer } from "./frame-buffer.js";
import { type Framing, frames } from "./framing.js";
import { checkLimit } from "./limits.js";

/** Options of {@link delimited}. */
export interface DelimitedOptions extends WaitOptions {
  /** The longest record in bytes, its delimiter not counted. Default 65,536. */
  readonly maxLength?: number | undefined;
}

const DEFAULT_MAX_LENGTH = 65_536;

/**
 * The records of a connection, each ended by `delimiter`, which is not part of them.
 *
 * One task loops at a time. However a loop ends, what it did not get stays with the connection, as with `lines`.
 *
 * @param delimiter bytes, or text taken as UTF-8; at least one byte.
 * @returns an iterable that ends with the stream; the bytes are the caller's. Its loops reject with what `conn.read`
 * throws, and
 * @throws {LineTooLongError} at a record over `maxLength`, after all records before it.
 * @throws {BrokenError} when the stream ends within a record.
 * @throws {RangeError} when `delimiter` is empty or `maxLength` is not a whole number of at least 1.
 * @example
 * ```ts
 * import { delimited, pipe } from "@belfry/net";
 *
 * const [client, server] = pipe();
 * await client.write("one\0two\0");
 * await client.closeWrite();
 * for await (const record of delimited(server, "\0")) console.log(record.length);
 * ```
 */
export function delimited(
  conn: Conn,
  delimiter: Uint8Array | string,
  options: DelimitedOptions = {},
): AsyncIterable<Uint8Array> {
  if (delimiter.length === 0) throw new RangeError("Cannot use delimiter: it is empty");
  const maxLength = checkLimit("maxLength", options.maxLength ?? DEFAULT_MAX_LENGTH);
  return frames(conn, new DelimitedFraming(Buffer.from(delimiter), maxLength), options.signal);
}

class DelimitedFraming implements Framing<Uint8Array> {
  readonly #delimiter: Buffer;
  readonly #maxLength: number;
  /** Before this offset no delimiter begins. */
  #searched = 0;

  constructor(delimiter: Buffer, maxLength: number) {
    this.#delimiter = delimiter;
    this.#maxLength = maxLength;
  }

  take(buffer: FrameBuffer): Uint8Array | undefined {
    const width = this.#delimiter.length;
    const { size } = buffer;
    const at = buffer.view(this.#searched).indexOf(this.#delimiter);
    const length = at === -1 ? undefined : this.#searched + at;
    // One that has begun by the last byte may still be the delimiter.
    const known = length ?? size - width + 1;
    if (known > this.#maxLength) throw new LineTooLongError("record", this.#maxLength);
    this.#searched = length === undefined ? Math.max(0, known) : 0;
    if (length === undefined) return undefined;
    const record = buffer.take(length);
    buffer.skip(width);
    return record;
  }

  takeLast(buffer: FrameBuffer): never {
    throw new Error(`the stream ended within a record, ${buffer.size} bytes after its start`);
  }

  settle(): void {
    this.#searched = 0;
  }
}
