import type { Conn, WaitOptions } from "./conn.js";
import { LineTooLongError } from "./errors.js";
import type { FrameBuffer } from "./frame-buffer.js";
import { type Framing, frames } from "./framing.js";
import { checkLimit } from "./limits.js";

/** How the length in front of a frame is written. */
export interface LengthPrefixOptions {
  /** How many bytes the length takes. Default 4. */
  readonly bytes?: 1 | 2 | 4 | undefined;
  /** Least significant byte first. Default `false`: network order. */
  readonly littleEndian?: boolean | undefined;
  /** The longest frame in bytes, its prefix not counted. Default 1 MiB (1,048,576). */
  readonly maxLength?: number | undefined;
}

/** Options of {@link lengthPrefixed}. */
export interface LengthPrefixedOptions extends LengthPrefixOptions, WaitOptions {}

const DEFAULT_MAX_LENGTH = 1 << 20;

/**
 * The frames of a connection, each behind its length as an unsigned number; the prefix is not part of them.
 *
 * One task loops at a time. However a loop ends, what it did not get stays with the connection, as with `lines`. A
 * frame is waited for before memory for all of it is taken: a length alone costs the sender as much as it costs here.
 *
 * @returns an iterable that ends with the stream; the bytes are the caller's. Its loops reject with what `conn.read`
 * throws, and
 * @throws {LineTooLongError} at a frame over `maxLength`, as soon as its length is read.
 * @throws {BrokenError} when the stream ends within a frame.
 * @throws {RangeError} when `bytes` is not 1, 2 or 4, or `maxLength` is not a whole number of at least 1.
 * @example
 * ```ts
 * import { lengthPrefix, lengthPrefixed, pipe } from "@belfry/net";
 *
 * const [client, server] = pipe();
 * await client.write(lengthPrefix("hello"));
 * await client.closeWrite();
 * for await (const frame of lengthPrefixed(server)) console.log(frame.length);
 * ```
 */
export function lengthPrefixed(conn: Conn, options: LengthPrefixedOptions = {}): AsyncIterable<Uint8Array> {
  return frames(conn, new LengthPrefixedFraming(settingsOf(options)), options.signal);
}

/**
 * One frame as {@link lengthPrefixed} with the same options reads it.
 *
 * @param data bytes, or text taken as UTF-8.
 * @returns a new array: the length, then the data.
 * @throws {RangeError} when the data is over `maxLength` or its length does not fit into the prefix.
 */
export function lengthPrefix(data: Uint8Array | string, options: LengthPrefixOptions = {}): Uint8Array {
  const { bytes, littleEndian, maxLength } = settingsOf(options);
  const length = typeof data === "string" ? Buffer.byteLength(data) : data.length;
  const limit = Math.min(maxLength, 2 ** (8 * bytes) - 1);
  if (length > limit) throw new RangeError(`Cannot frame ${length} bytes: the limit is ${limit}`);
  const frame = Buffer.allocUnsafeSlow(bytes + length);
  if (littleEndian) frame.writeUIntLE(length, 0, bytes);
  else frame.writeUIntBE(length, 0, bytes);
  if (typeof data === "string") frame.write(data, bytes);
  else frame.set(data, bytes);
  return frame;
}

interface Settings {
  readonly bytes: number;
  readonly littleEndian: boolean;
  readonly maxLength: number;
}

function settingsOf({
  bytes = 4,
  littleEndian = false,
  maxLength = DEFAULT_MAX_LENGTH,
}: LengthPrefixOptions): Settings {
  if (bytes !== 1 && bytes !== 2 && bytes !== 4) {
    throw new RangeError(`Cannot use bytes ${String(bytes)}: expected 1, 2 or 4`);
  }
  return { bytes, littleEndian, maxLength: checkLimit("maxLength", maxLength) };
}

class LengthPrefixedFraming implements Framing<Uint8Array> {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  take(buffer: FrameBuffer): Uint8Array | undefined {
    const { bytes, littleEndian, maxLength } = this.#settings;
    if (buffer.size < bytes) return undefined;
    const prefix = buffer.view(0, bytes);
    const length = littleEndian ? prefix.readUIntLE(0, bytes) : prefix.readUIntBE(0, bytes);
    if (length > maxLength) throw new LineTooLongError("frame", maxLength);
    if (buffer.size < bytes + length) return undefined;
    buffer.skip(bytes);
    return buffer.take(length);
  }

  takeLast(buffer: FrameBuffer): never {
    throw new Error(`the stream ended within a frame, ${buffer.size} bytes after its start`);
  }

  settle(): void {}
}
