import { encodeText, printable } from "./text.js";

/**
 * A reply as RFC 959 §4.2 has it: three digits, and one line of text or more.
 *
 * Made by {@link reply}, written by {@link formatReply}; nothing else makes reply text.
 */
export interface Reply {
  /** 100 to 599. 1yz: more follows; 2yz: done; 3yz: go on; 4yz: not now; 5yz: no. */
  readonly code: number;
  /**
   * At least one line, without line ends. Those between the first and the last are written with a space before them.
   */
  readonly lines: readonly string[];
}

/**
 * A reply of one line, or of several: the first is the heading and the last the end.
 *
 * @throws {RangeError} when `code` is not a whole number from 100 to 599.
 */
export function reply(code: number, ...lines: readonly string[]): Reply {
  if (!Number.isInteger(code) || code < 100 || code > 599) throw new RangeError(`Cannot reply with code ${code}`);
  return { code, lines };
}

/** An error that is the reply: what a command or a before-hook throws to be answered with. */
export class ReplyError extends Error {
  readonly reply: Reply;

  /**
   * @param code 4yz where the client may try again, 5yz where that is of no use; 421 ends the session as well.
   * @param text one line, without a line end.
   * @throws {RangeError} when `code` is not a whole number from 400 to 599: a client would wait for what a lower one promises.
   */
  constructor(code: number, text: string, options?: ErrorOptions) {
    if (code < 400) throw new RangeError(`Cannot refuse with code ${code}: expected 400 to 599`);
    super(`${code} ${text}`, options);
    this.name = "ReplyError";
    this.reply = reply(code, text);
  }
}

// Control characters, and every half of a pair: names with raw bytes are among these.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const SPECIAL = /[\0-\x1f\x7f\ud800-\udfff]/;
const RAW_BYTE = /[\udc80-\udcff]/u;
const IAC = 0xff;

/**
 * A reply, or several in a row, as they go out (RFC 959 §4.2), with CRLF behind each line. Nothing in its texts can begin a line or end one:
 * `?` stands for each control character, and the lines between the first and the last begin with a space.
 *
 * @returns text to be sent as UTF-8; bytes when a name in it is not UTF-8.
 */
export function formatReply(reply: Reply, ...more: readonly Reply[]): string | Uint8Array {
  let text = textOf(reply);
  for (const next of more) text += textOf(next);
  return RAW_BYTE.test(text) ? doubleIac(encodeText(text)) : text;
}

function textOf({ code, lines }: Reply): string {
  return lines.length > 1 ? severalLines(code, lines) : `${code} ${clean(lines[0] ?? "")}\r\n`;
}

function severalLines(code: number, lines: readonly string[]): string {
  const last = lines.length - 1;
  let text = `${code}-${clean(lines[0] ?? "")}\r\n`;
  for (let at = 1; at < last; at += 1) text += ` ${clean(lines[at] ?? "")}\r\n`;
  return `${text}${code} ${clean(lines[last] ?? "")}\r\n`;
}

function clean(line: string): string {
  return SPECIAL.test(line) ? printable(line) : line;
}

/** The control connection is a Telnet one (RFC 959 §3.1), in which the byte 0xFF is sent twice (RFC 854). */
function doubleIac(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(IAC)) return bytes;
  const result = Buffer.allocUnsafe(2 * bytes.length);
  let size = 0;
  for (const byte of bytes) {
    if (byte === IAC) result[size++] = IAC;
    result[size++] = byte;
  }
  return result.subarray(0, size);
}
