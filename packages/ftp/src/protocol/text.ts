/**
 * Names as text. They are UTF-8 (RFC 2640 §2.2), but a name may hold any bytes: each byte that is not valid UTF-8
 * becomes the lone surrogate U+DC00 + byte, U+DC80 to U+DCFF, which valid UTF-8 never gives, and becomes that byte
 * again on the way out.
 */

// With the flag `u` a surrogate in brackets matches only where it is no half of a pair.
const RAW_BYTE = /[\udc80-\udcff]/u;
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\0-\x1f\x7f]/;
// oxlint-disable-next-line no-control-regex -- as above
const CONTROLS = /[\0-\x1f\x7f]/g;
const REPLACEMENT = "\ufffd";

/**
 * Bytes as text that {@link encodeText} turns back into the same bytes, whatever they are. Never throws.
 *
 * @param bytes lent during the call.
 */
export function decodeText(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes);
  const text = buffer.toString("utf8");
  // Node's decoder marks what is no UTF-8 with U+FFFD. Only then, or when one was sent, a closer look is needed.
  return text.includes(REPLACEMENT) ? decodeMixed(buffer) : text;
}

/** The inverse of {@link decodeText}. A surrogate that stands for no byte becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  if (!hasRawBytes(text)) return Buffer.from(text, "utf8");
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.codePointAt(at) ?? 0;
    if (code > 0xffff) at += 1;
    if (code < 0xdc80 || code > 0xdcff) continue;
    parts.push(Buffer.from(text.slice(from, at), "utf8"), Buffer.of(code - 0xdc00));
    from = at + 1;
  }
  parts.push(Buffer.from(text.slice(from), "utf8"));
  return Buffer.concat(parts);
}

/** Whether there is anything in it that stands for a byte, so that it is more than UTF-8. */
export function hasRawBytes(text: string): boolean {
  return RAW_BYTE.test(text);
}

/** Whether there is a control character in it: U+0000 to U+001F, or U+007F. */
export function hasControl(text: string): boolean {
  return CONTROL.test(text);
}

/** The text with `?` for each control character, so that it stays on one line and changes no terminal. */
export function printable(text: string): string {
  return CONTROL.test(text) ? text.replace(CONTROLS, "?") : text;
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Decodes runs of valid UTF-8 together, and what stands between them byte by byte. */
function decodeMixed(bytes: Buffer): string {
  let text = "";
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    if (from < at) text += bytes.toString("utf8", from, at);
    text += String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
    at += 1;
    from = at;
  }
  return text + bytes.toString("utf8", from, at);
}

/** The length of the well-formed UTF-8 sequence at `at` (RFC 3629 §4); 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  if (second < (LOWEST_SECOND[lead] ?? 0x80) || second > (HIGHEST_SECOND[lead] ?? 0xbf)) return 0;
  for (let next = at + 2; next < at + length; next += 1) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** Where the second byte is bound closer than to 80..BF: overlong forms, surrogates, and what lies past U+10FFFF. */
const LOWEST_SECOND: { readonly [lead: number]: number } = { 0xe0: 0xa0, 0xf0: 0x90 };
const HIGHEST_SECOND: { readonly [lead: number]: number } = { 0xed: 0x9f, 0xf4: 0x8f };
