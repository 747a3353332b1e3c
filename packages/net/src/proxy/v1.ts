import { isIPv4, isIPv6 } from "node:net";
import { Addr } from "../addr.js";
import { canonicalIp, formatIp, mapToIPv6, parseIp } from "./ip-bytes.js";
import { malformed } from "./proxy-header.js";
import type { ProxyHeader } from "./proxy-header.js";

/** How every header of version 1 begins. */
export const V1_START = Buffer.from("PROXY ");

/** The longest line, CRLF with it (section 2.1 of the specification). */
export const V1_LIMIT = 107;

const UNKNOWN: ProxyHeader = { version: 1, ends: null };

/**
 * Reads a line of version 1, without its CRLF.
 *
 * @throws {Error} when it is none.
 */
export function parseV1(line: string): ProxyHeader {
  const [, protocol, source, destination, sourcePort, destinationPort, ...more] = line.split(" ");
  // "the receiver must ignore anything presented before the CRLF"
  if (protocol === "UNKNOWN") return UNKNOWN;
  if (protocol !== "TCP4" && protocol !== "TCP6") throw malformed("its protocol is neither TCP4, TCP6 nor UNKNOWN");
  if (more.length > 0) throw malformed("it has too many fields");
  const remoteAddr = addrOf(protocol, source, sourcePort);
  return { version: 1, ends: { remoteAddr, localAddr: addrOf(protocol, destination, destinationPort) } };
}

/** Writes a line of version 1 with its CRLF. What it has no form for is `UNKNOWN`. */
export function formatV1(ends: ProxyHeader["ends"]): Buffer {
  const source = parseIp(ends?.remoteAddr.host ?? "");
  const destination = parseIp(ends?.localAddr.host ?? "");
  if (ends === null || source === null || destination === null) return Buffer.from("PROXY UNKNOWN\r\n");
  const isV4 = source.length === 4 && destination.length === 4;
  const [from, to] = [source, destination].map((bytes) => formatIp(isV4 ? bytes : mapToIPv6(bytes)));
  return Buffer.from(
    `PROXY ${isV4 ? "TCP4" : "TCP6"} ${from} ${to} ${ends.remoteAddr.port} ${ends.localAddr.port}\r\n`,
  );
}

function addrOf(protocol: "TCP4" | "TCP6", host = "", port = ""): Addr {
  const isRight = protocol === "TCP4" ? isIPv4(host) : isIPv6(host) && !host.includes("%");
  if (!isRight) throw malformed(`an address is not one of ${protocol}`);
  if (!/^(?:0|[1-9]\d{0,4})$/.test(port) || Number(port) > 65_535) throw malformed("a port is not from 0 to 65535");
  return new Addr("tcp", canonicalIp(host), Number(port));
}
