import type { Conn, WaitOptions } from "./conn.js";
import { LineTooLongError } from "./errors.js";
import type { FrameBuffer } from "./frame-buffer.js";
import { type Framing, frames } from "./framing.js";
import { checkLimit } from "./limits.js";

/** Options of {@link lines}. */
export interface LinesOptions extends WaitOptions {
  /** The longest line in bytes, its end not counted. Default 65,536. */
  readonly maxLength?: number | undefined;
}

const DEFAULT_MAX_LENGTH = 65_536;
const LF = 0x0a;
const CR = 0x0d;

/**
 * The lines of a connection as text, without their ends.
 *
 * A line ends in LF or CRLF; the last one need not end at all. Text is UTF-8; bytes that are none become U+FFFD.
 *
 * One task loops at a time. However a loop ends (by `break`, an abort, a deadline or an error), what it did not get
 * stays with the connection: a later loop or `read` begins exactly behind the last line handed out. With a `Conn` of
 * another make that cannot take bytes back, only a later loop over the same `lines(…)` does.
 *
 * What the loop writes while more lines are at hand leaves in one segment.
 *
 * @returns an iterable that ends with the stream. Its loops reject with what `conn.read` throws, and
 * @throws {LineTooLongError} at a line over `maxLength`, after all lines before it.
 * @throws {RangeError} when `maxLength` is not a whole number of at least 1.
 * @example
 * ```ts
 * import { lines, pipe } from "@belfry/net";
 *
 * const [client, server] = pipe();
 * await client.write("one\ntwo\r\nthree");
 * await client.closeWrite();
 * for await (const line of lines(server)) await server.write(`${line.length}\n`);
 * ```
 */
export function lines(conn: Conn, options: LinesOptions = {}): AsyncIterable<string> {
  const maxLength = checkLimit("maxLength", options.maxLength ?? DEFAULT_MAX_LENGTH);
  return frames(conn, new LineFraming(maxLength), options.signal);
}

class LineFraming implements Framing<string> {
  readonly #maxLength: number;
  /** Whole lines, decoded together; their bytes stay in the buffer until all are handed out. */
  #lines: string[] = [];
  /** The next of them to hand out. */
  #next = 0;
  /** How many bytes of the buffer they came from. */
  #decoded = 0;
  /** How many bytes at the front of the buffer are known to hold no LF. */
  #searched = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  take(buffer: FrameBuffer): string | undefined {
    if (this.#next === this.#lines.length && !(buffer.size > this.#searched && this.#decode(buffer))) return undefined;
    const line = this.#lines[this.#next];
    this.#next += 1;
    if (this.#next === this.#lines.length) this.settle(buffer);
    return line;
  }

  takeLast(buffer: FrameBuffer): string | undefined {
    const view = buffer.view();
    const text = view.toString("utf8", 0, view.at(-1) === CR ? view.length - 1 : view.length);
    buffer.skip(buffer.size);
    this.#searched = 0;
    return text;
  }

  settle(buffer: FrameBuffer): void {
    const isWhole = this.#next === this.#lines.length;
    buffer.skip(isWhole ? this.#decoded : byteLength(buffer.view(), this.#next));
    this.#lines = [];
    this.#next = 0;
    this.#decoded = 0;
    this.#searched = 0;
  }

  /** Decodes all whole lines at once: an LF never stands inside a UTF-8 sequence, and cutting text costs less than bytes. */
  #decode(buffer: FrameBuffer): boolean {
    const bytes = buffer.view();
    const last = bytes.subarray(this.#searched).lastIndexOf(LF);
    const end = last === -1 ? 0 : this.#searched + last + 1;
    this.#searched = bytes.length;
    const admitted = this.#admit(bytes, end);
    if (admitted === 0) return false;
    this.#lines = cut(bytes.toString("utf8", 0, admitted));
    this.#decoded = admitted;
    return true;
  }

  /**
   * How many of the first `end` bytes are lines within the limit: all of them, or those before the first line that is
   * too long; throws when that is the very first, or the unended one behind `end`.
   */
  #admit(bytes: Buffer, end: number): number {
    const max = this.#maxLength;
    let at = 0;
    // By leaps as long as the limit, from line start to line start: no line within a leap can be longer than it.
    while (bytes.length - at > max) {
      const reach = bytes.subarray(at, at + max + 1).lastIndexOf(LF);
      const isTooLong = reach === -1 && !(bytes[at + max] === CR && (bytes[at + max + 1] ?? LF) === LF);
      if (isTooLong && at > 0) return at;
      if (isTooLong) throw new LineTooLongError("line", max);
      at += reach === -1 ? max + 2 : reach + 1;
    }
    return end;
  }
}

/** The lines of a text that ends in LF. */
function cut(text: string): string[] {
  const lines = text.split("\n");
  lines.pop();
  if (!text.includes("\r\n")) return lines;
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

/** The length of the first `count` lines, counted in the bytes: what was no UTF-8 cannot be encoded back. */
function byteLength(bytes: Buffer, count: number): number {
  let at = 0;
  for (let left = count; left > 0; left -= 1) at = bytes.indexOf(LF, at) + 1;
  return at;
}
