import { malformed } from "./proxy-header.js";
import type { ProxyDetails, ProxyTls } from "./proxy-header.js";

const TYPE = { alpn: 0x01, authority: 0x02, crc32c: 0x03, uniqueId: 0x05, tls: 0x20, namespace: 0x30 } as const;
const TLS_TYPE = {
  version: 0x21,
  commonName: 0x22,
  cipher: 0x23,
  signatureAlgorithm: 0x24,
  keyAlgorithm: 0x25,
} as const;

/** Bits of the TLS field `client`. */
const HAS_TLS = 0x01;
const HAS_CERTIFICATE = 0x02;
const HAD_CERTIFICATE = 0x04;

/** Type and two bytes of length. */
const HEAD = 3;
/** `client` and `verify`. */
const TLS_HEAD = 5;

/** A checksum, and where it stands. */
export interface Checksum {
  readonly value: number;
  /** The offset of its four bytes in what was read. */
  readonly at: number;
}

/**
 * Reads the fields behind the addresses. What is not known is passed over.
 *
 * @throws {Error} when a field is longer than what is there, or of the wrong length.
 */
export function parseDetails(bytes: Buffer): { details: ProxyDetails; checksum: Checksum | null } {
  const fields = fieldsOf(bytes);
  const crc = fields.get(TYPE.crc32c);
  if (crc !== undefined && crc.length !== 4) throw malformed("its checksum is not of four bytes");
  const uniqueId = fields.get(TYPE.uniqueId);
  if (uniqueId !== undefined && uniqueId.length > 128) throw malformed("its unique id is longer than 128 bytes");
  const tls = fields.get(TYPE.tls);
  const details: ProxyDetails = {
    ...texts(fields, { authority: TYPE.authority, alpn: TYPE.alpn, namespace: TYPE.namespace }),
    ...(uniqueId !== undefined && { uniqueId: Uint8Array.from(uniqueId) }),
    ...(tls !== undefined && { tls: parseTls(tls) }),
  };
  const checksum = crc === undefined ? null : { value: crc.readUInt32BE(), at: crc.byteOffset - bytes.byteOffset };
  return { details, checksum };
}

/** Writes the fields that are there. */
export function formatDetails(details: ProxyDetails): Buffer {
  const { tls, uniqueId } = details;
  return Buffer.concat([
    textField(TYPE.alpn, details.alpn),
    textField(TYPE.authority, details.authority),
    uniqueId === undefined ? EMPTY : field(TYPE.uniqueId, uniqueId),
    tls === undefined ? EMPTY : field(TYPE.tls, formatTls(tls)),
    textField(TYPE.namespace, details.namespace),
  ]);
}

/** A checksum of zero, to be filled in when the rest is written. */
export function emptyChecksum(): Buffer {
  return field(TYPE.crc32c, new Uint8Array(4));
}

const EMPTY = Buffer.alloc(0);

function fieldsOf(bytes: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    const end = at + HEAD + (at + HEAD <= bytes.length ? bytes.readUInt16BE(at + 1) : 0);
    if (end > bytes.length) throw malformed("a field is longer than what is left of it");
    fields.set(bytes[at] as number, bytes.subarray(at + HEAD, end));
    at = end;
  }
  return fields;
}

function texts<K extends string>(
  fields: Map<number, Buffer>,
  types: Readonly<Record<K, number>>,
): { [P in K]?: string } {
  const found: { [P in K]?: string } = {};
  for (const name in types) {
    const value = fields.get(types[name]);
    if (value !== undefined) found[name] = value.toString("utf8");
  }
  return found;
}

function parseTls(bytes: Buffer): ProxyTls {
  if (bytes.length < TLS_HEAD) throw malformed("its TLS field is too short");
  const client = bytes[0] as number;
  const hasCertificate = (client & (HAS_CERTIFICATE | HAD_CERTIFICATE)) !== 0;
  return {
    isTls: (client & HAS_TLS) !== 0,
    hasCertificate,
    // 0 says "verified" of a client without a certificate too.
    isVerified: hasCertificate && bytes.readUInt32BE(1) === 0,
    ...texts(fieldsOf(bytes.subarray(TLS_HEAD)), TLS_TYPE),
  };
}

function formatTls(tls: ProxyTls): Buffer {
  const head = Buffer.alloc(TLS_HEAD);
  head[0] = (tls.isTls ? HAS_TLS : 0) | (tls.hasCertificate ? HAS_CERTIFICATE | HAD_CERTIFICATE : 0);
  head.writeUInt32BE(tls.isVerified ? 0 : 1, 1);
  const names = Object.keys(TLS_TYPE) as (keyof typeof TLS_TYPE)[];
  return Buffer.concat([head, ...names.map((name) => textField(TLS_TYPE[name], tls[name]))]);
}

function textField(type: number, value: string | undefined): Buffer {
  return value === undefined ? EMPTY : field(type, Buffer.from(value));
}

function field(type: number, value: Uint8Array): Buffer {
  const head = Buffer.from([type, value.length >> 8, value.length & 255]);
  return Buffer.concat([head, value]);
}
