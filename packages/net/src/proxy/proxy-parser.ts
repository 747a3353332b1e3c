import { malformed } from "./proxy-header.js";
import type { ProxyHeader } from "./proxy-header.js";
import { parseV1, V1_LIMIT, V1_START } from "./v1.js";
import { lengthOfV2, parseV2, V2_HEAD, V2_START } from "./v2.js";

/** A header, and the bytes behind it. */
export interface ParsedProxyHeader {
  readonly header: ProxyHeader;
  /** How many bytes the header had. */
  readonly length: number;
  readonly rest: Uint8Array;
}

/**
 * Finds a header of the PROXY protocol at the start of a stream, wherever that is cut. Keeps 107 bytes of version 1 at
 * most, 16 and 4096 of version 2.
 */
export class ProxyParser {
  #kept: Buffer = Buffer.alloc(0);

  /**
   * Takes what comes next.
   *
   * @returns `null` until the header is complete. The parser is used up then.
   * @throws {Error} as soon as it can be none.
   */
  push(chunk: Uint8Array): ParsedProxyHeader | null {
    const bytes = Buffer.concat([this.#kept, chunk]);
    this.#kept = bytes;
    if (startsLike(bytes, V2_START)) return takeV2(bytes);
    if (startsLike(bytes, V1_START)) return takeV1(bytes);
    throw malformed("it starts with neither of its signatures");
  }
}

/** As far as there are bytes. */
function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function takeV1(bytes: Buffer): ParsedProxyHeader | null {
  const end = bytes.subarray(0, V1_LIMIT).indexOf("\r\n");
  if (end >= 0) return cut(bytes, end + 2, parseV1(bytes.toString("latin1", 0, end)));
  if (bytes.length >= V1_LIMIT) throw malformed(`its line is longer than ${V1_LIMIT} bytes`);
  return null;
}

function takeV2(bytes: Buffer): ParsedProxyHeader | null {
  if (bytes.length < V2_HEAD) return null;
  const length = V2_HEAD + lengthOfV2(bytes);
  return bytes.length < length ? null : cut(bytes, length, parseV2(bytes.subarray(0, length)));
}

function cut(bytes: Buffer, length: number, header: ProxyHeader): ParsedProxyHeader {
  return { header, length, rest: bytes.subarray(length) };
}
