import { Addr } from "../addr.js";
import { crc32c } from "./crc32c.js";
import { formatIp, mapToIPv6, parseIp } from "./ip-bytes.js";
import { malformed } from "./proxy-header.js";
import type { ProxyDetails, ProxyHeader } from "./proxy-header.js";
import { emptyChecksum, formatDetails, parseDetails } from "./tlv.js";
import type { Checksum } from "./tlv.js";

/** How every header of version 2 begins. */
export const V2_START: Buffer = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

/** What stands before the addresses. */
export const V2_HEAD = 16;

/** The most that may follow: the protocol allows 64 KiB, proxies send some hundred bytes. */
const V2_LIMIT = 4_096;

const LOCAL = 0x20;
const PROXY = 0x21;
const UNIX_PATH = 108;

/** Families in the upper four bits, and how many bytes of an address each has. */
const INET = 1;
const INET6 = 2;
const UNIX = 3;
const ADDRESS_BYTES: Readonly<Record<number, number>> = { [INET]: 12, [INET6]: 36, [UNIX]: 2 * UNIX_PATH };

/** Transports in the lower four. */
const STREAM = 1;
const DATAGRAM = 2;

/**
 * How many bytes follow the head.
 *
 * @throws {Error} when the head is none of version 2, or they are more than the limit.
 */
export function lengthOfV2(head: Buffer): number {
  const command = head[12] as number;
  const kind = head[13] as number;
  if (command >> 4 !== 2) throw malformed(`its version is ${command >> 4}`);
  if (command !== LOCAL && command !== PROXY) throw malformed(`its command is ${command & 15}`);
  if (kind >> 4 > UNIX || (kind & 15) > DATAGRAM) throw malformed("its address family or transport is unknown");
  const length = head.readUInt16BE(14);
  if (length > V2_LIMIT) throw malformed(`it is longer than ${V2_HEAD + V2_LIMIT} bytes`);
  return length;
}

/**
 * Reads a whole header of version 2.
 *
 * @throws {Error} when it is none, or its checksum is wrong.
 */
export function parseV2(bytes: Buffer): ProxyHeader {
  const [family, transport] = [(bytes[13] as number) >> 4, (bytes[13] as number) & 15];
  const size = ADDRESS_BYTES[family];
  // "the receiver must … ignore the address block": with what follows, whose place is not known then.
  if (bytes[12] === LOCAL || size === undefined || transport === 0) return { version: 2, ends: null };
  const body = bytes.subarray(V2_HEAD);
  if (body.length < size) throw malformed("it is too short for its addresses");
  const { details, checksum } = parseDetails(body.subarray(size));
  if (checksum !== null) verify(bytes, { value: checksum.value, at: checksum.at + V2_HEAD + size });
  return { version: 2, ends: readEnds(body, family, transport), ...details };
}

/** Writes a header of version 2 with a checksum. Ends that are not both TCP or both Unix are `LOCAL`. */
export function formatV2(ends: ProxyHeader["ends"], details: ProxyDetails): Buffer {
  const block = ends === null ? null : (writeIps(ends) ?? writePaths(ends));
  const head = Buffer.concat([V2_START, Buffer.from([block === null ? LOCAL : PROXY, block?.kind ?? 0, 0, 0])]);
  if (block === null) return head;
  const body = Buffer.concat([block.addresses, emptyChecksum(), formatDetails(details)]);
  if (body.length > V2_LIMIT) {
    throw new RangeError(`Cannot format a PROXY header: longer than ${V2_HEAD + V2_LIMIT} bytes`);
  }
  head.writeUInt16BE(body.length, 14);
  const header = Buffer.concat([head, body]);
  header.writeUInt32BE(crc32c(header), V2_HEAD + block.addresses.length + 3);
  return header;
}

function verify(bytes: Buffer, { value, at }: Checksum): void {
  const blank = Buffer.from(bytes);
  blank.writeUInt32BE(0, at);
  if (crc32c(blank) !== value) throw malformed("its checksum is wrong");
}

function readEnds(body: Buffer, family: number, transport: number): NonNullable<ProxyHeader["ends"]> {
  if (family === UNIX) {
    return { remoteAddr: pathAt(body, 0), localAddr: pathAt(body, UNIX_PATH) };
  }
  const network = transport === STREAM ? "tcp" : "udp";
  const size = family === INET ? 4 : 16;
  const addrAt = (index: number): Addr => {
    const host = formatIp(body.subarray(index * size, (index + 1) * size));
    return new Addr(network, host, body.readUInt16BE(2 * size + 2 * index));
  };
  return { remoteAddr: addrAt(0), localAddr: addrAt(1) };
}

function pathAt(body: Buffer, at: number): Addr {
  const bytes = body.subarray(at, at + UNIX_PATH);
  const end = bytes.indexOf(0);
  return new Addr("unix", "", 0, bytes.toString("utf8", 0, end < 0 ? UNIX_PATH : end));
}

interface AddressBlock {
  readonly kind: number;
  readonly addresses: Buffer;
}

function writeIps({ remoteAddr, localAddr }: NonNullable<ProxyHeader["ends"]>): AddressBlock | null {
  const source = parseIp(remoteAddr.host);
  const destination = parseIp(localAddr.host);
  if (source === null || destination === null) return null;
  const isV4 = source.length === 4 && destination.length === 4;
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(remoteAddr.port);
  ports.writeUInt16BE(localAddr.port, 2);
  const ips = [source, destination].map((bytes) => (isV4 ? bytes : mapToIPv6(bytes)));
  const transport = remoteAddr.network === "udp" ? DATAGRAM : STREAM;
  return { kind: ((isV4 ? INET : INET6) << 4) | transport, addresses: Buffer.concat([...ips, ports]) };
}

function writePaths({ remoteAddr, localAddr }: NonNullable<ProxyHeader["ends"]>): AddressBlock | null {
  if (remoteAddr.network !== "unix" || localAddr.network !== "unix") return null;
  const addresses = Buffer.alloc(2 * UNIX_PATH);
  Buffer.from(remoteAddr.path).copy(addresses, 0, 0, UNIX_PATH);
  Buffer.from(localAddr.path).copy(addresses, UNIX_PATH, 0, UNIX_PATH);
  return { kind: (UNIX << 4) | STREAM, addresses };
}
