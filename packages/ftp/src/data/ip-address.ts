import type { Addr } from "@belfry/net";
import { isIP, SocketAddress } from "node:net";

/** An IP address in the one form that can be compared, with its family. */
export interface IpAddress {
  readonly family: "ipv4" | "ipv6";
  /** As the system writes it, without a zone; an IPv4 address mapped into IPv6 (RFC 4291 §2.5.5.2) as IPv4. */
  readonly text: string;
}

/** Where a control connection that is no TCP connection has its data connections: on this machine. */
const LOOPBACK: IpAddress = { family: "ipv4", text: "127.0.0.1" };

/** @returns `null` when `text` is no IP address. */
export function parseIpAddress(text: string): IpAddress | null {
  const version = isIP(text);
  if (version === 0) return null;
  if (version === 4) return { family: "ipv4", text };
  const { address } = new SocketAddress({ address: text, family: "ipv6" });
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  return mapped === undefined ? { family: "ipv6", text: address } : { family: "ipv4", text: mapped };
}

/** The IP address of one end of a connection; that of the loopback interface for a Unix socket or a pipe. */
export function ipAddressOf(addr: Addr): IpAddress {
  return parseIpAddress(addr.host) ?? LOOPBACK;
}

/** What to bind to and to dial for `addr`: its address with the zone a link-local one needs (RFC 4007 §11). */
export function hostOf(addr: Addr): string {
  const { family, text } = ipAddressOf(addr);
  return family === "ipv6" ? addr.host : text;
}
