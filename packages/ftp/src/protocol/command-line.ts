import { TelnetFilter } from "./telnet.js";
import { asBuffer, decodeText } from "./text.js";

/** One command line of a client (RFC 959 §5.3). */
export interface Command {
  /** The first word, ASCII letters in upper case; else as sent. Empty when the line begins with a space. */
  readonly verb: string;
  /** All that follows the one space behind the verb, to the end of the line, as {@link decodeText} gives it. */
  readonly argument: string;
}

const CR = 0x0d;
const LF = 0x0a;
const NOTHING = Buffer.alloc(0);
const ABOR = Buffer.from("ABOR\r");
const NON_ASCII = /[^\0-\x7f]/;
/** The least bytes stored of a line that came in part. */
const LEAST_STORE = 256;

/**
 * Makes commands of the bytes of a control connection. It gives the same commands however the bytes are cut into
 * segments, and never throws.
 *
 * CRLF or a bare LF ends a line, and ABOR ends with its CR; empty lines are skipped. Telnet commands are taken out; so
 * are, at the start of a line, the bytes of an interrupt that are left when the system keeps its urgent byte back.
 * CR NUL is a CR (RFC 2640 §3.1).
 *
 * In memory it holds no more than what was pushed and not handed out; a caller who drains it before the next push keeps
 * that at one line.
 */
export class CommandReader {
  readonly #maxLineLength: number;
  readonly #telnet = new TelnetFilter();
  /** What is not handed out yet is `#bytes` from `#start` to `#end`: in the memory last pushed, or in an own store. */
  #bytes: Buffer = NOTHING;
  #start = 0;
  #end = 0;
  #isOwn = false;
  /** Up to here there is no LF. */
  #searched = 0;
  #isSpent = false;

  /** @param maxLineLength bytes of a line without its end; whole, at least 1. */
  constructor(maxLineLength: number) {
    if (!Number.isSafeInteger(maxLineLength) || maxLineLength < 1) {
      throw new RangeError(`Cannot read commands: maxLineLength is ${maxLineLength}, not a whole number of at least 1`);
    }
    this.#maxLineLength = maxLineLength;
  }

  /** Bytes of input that are not handed out yet. While it is 0, nothing a client sent waits here. */
  get buffered(): number {
    return this.#end - this.#start + (this.#telnet.isWithin ? 1 : 0);
  }

  /**
   * Takes in what has arrived.
   *
   * @param bytes lent until {@link next} has given `null`, or for good.
   */
  push(bytes: Uint8Array): void {
    if (this.#isSpent) return;
    const fresh = this.#telnet.filter(asBuffer(bytes));
    if (this.#start < this.#end) {
      this.#store(fresh);
    } else {
      this.#bytes = fresh;
      this.#start = 0;
      this.#searched = 0;
      this.#end = fresh.length;
      this.#isOwn = false;
    }
  }

  /**
   * The next command.
   *
   * @returns `null` when there is no whole line; `"too-long"` once, at a line over the limit, after all lines before
   * it. All that follows it is discarded: the caller is to answer and close.
   */
  next(): Command | "too-long" | null {
    for (;;) {
      this.#skipSignals();
      if (this.#isAbort()) return this.#takeAbort();
      const found = this.#searched < this.#end ? this.#bytes.indexOf(LF, this.#searched) : -1;
      if (found === -1 || found >= this.#end) return this.#wait();
      const start = this.#start;
      const end = found > start && this.#bytes[found - 1] === CR ? found - 1 : found;
      if (end - start > this.#maxLineLength) return this.#spend();
      const command = end > start ? parse(this.#bytes, start, end) : null;
      this.#start = found + 1;
      this.#searched = found + 1;
      if (this.#start === this.#end) this.#release();
      if (command !== null) return command;
    }
  }

  /**
   * An interrupt, IAC IP IAC DM, is sent as urgent data, one byte of which the system takes out of the stream. What
   * remains of it (IP or DM without IAC, IAC without DM) stands at the start of the line, where no verb begins with
   * such a byte.
   */
  #skipSignals(): void {
    while (this.#start < this.#end && (this.#bytes[this.#start] ?? 0) >= 0xf0) this.#start += 1;
    if (this.#searched < this.#start) this.#searched = this.#start;
    if (this.#start === this.#end) this.#release();
  }

  /**
   * Python's ftplib sends all of `ABOR CR LF` as urgent data, so that the byte the system takes out of the stream is the LF.
   * Waiting for another would leave the transfer going, and ABOR in front of the next command.
   */
  #isAbort(): boolean {
    const start = this.#start;
    if (this.#end - start < ABOR.length || this.#bytes[start] !== ABOR[0]) return false;
    return ABOR.length - 1 <= this.#maxLineLength && ABOR.compare(this.#bytes, start, start + ABOR.length) === 0;
  }

  /** An LF that follows after all is an empty line. */
  #takeAbort(): Command {
    this.#start += ABOR.length;
    this.#searched = Math.max(this.#searched, this.#start);
    if (this.#start === this.#end) this.#release();
    return { verb: "ABOR", argument: "" };
  }

  /** There is no whole line: keeps what there is, unless it is too long already. */
  #wait(): "too-long" | null {
    this.#searched = this.#end;
    const size = this.#end - this.#start;
    const over = size - this.#maxLineLength;
    if (over > 1 || (over === 1 && this.#bytes[this.#end - 1] !== CR)) return this.#spend();
    if (size > 0 && !this.#isOwn) this.#store(NOTHING);
    return null;
  }

  /** Puts what is left and `fresh` into an own store, which grows by doubling. */
  #store(fresh: Buffer): void {
    const size = this.#end - this.#start;
    if (this.#isOwn && this.#end + fresh.length <= this.#bytes.length) {
      fresh.copy(this.#bytes, this.#end);
      this.#end += fresh.length;
      return;
    }
    const store = Buffer.allocUnsafe(Math.max(LEAST_STORE, 2 * (size + fresh.length)));
    this.#bytes.copy(store, 0, this.#start, this.#end);
    fresh.copy(store, size);
    this.#searched -= this.#start;
    this.#bytes = store;
    this.#start = 0;
    this.#end = size + fresh.length;
    this.#isOwn = true;
  }

  #spend(): "too-long" {
    this.#isSpent = true;
    this.#release();
    return "too-long";
  }

  #release(): void {
    this.#bytes = NOTHING;
    this.#start = 0;
    this.#end = 0;
    this.#searched = 0;
    this.#isOwn = false;
  }
}

function parse(bytes: Buffer, start: number, end: number): Command {
  let text = decodeText(bytes.subarray(start, end));
  if (text.includes("\r\0")) text = text.replaceAll("\r\0", "\r");
  const space = text.indexOf(" ");
  const verb = space === -1 ? text : text.slice(0, space);
  return {
    // Only ASCII has upper case here: there are letters beyond it whose capitals are A to Z.
    verb: NON_ASCII.test(verb) ? verb : verb.toUpperCase(),
    argument: space === -1 ? "" : text.slice(space + 1),
  };
}
