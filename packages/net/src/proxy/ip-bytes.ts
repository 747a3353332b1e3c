import { isIPv4, isIPv6, SocketAddress } from "node:net";

/** The text of an IP address of 4 or 16 bytes, as the system writes it. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups: string[] = [];
  for (let at = 0; at < bytes.length; at += 2) {
    groups.push((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  }
  return canonicalIp(groups.join(":"));
}

/** An address as the system writes it: one text for each. */
export function canonicalIp(text: string): string {
  return isIPv4(text) ? text : new SocketAddress({ address: text, family: "ipv6" }).address;
}

/** The 4 or 16 bytes of an IP address, a zone left out; `null` for what is none. */
export function parseIp(text: string): Uint8Array | null {
  if (isIPv4(text)) return Uint8Array.from(text.split("."), Number);
  const address = text.split("%", 1)[0] as string;
  if (!isIPv6(address)) return null;
  // The parser of URLs writes the last 32 bits in groups too.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const before = groupsOf(head);
  const behind = groupsOf(tail ?? "");
  const bytes = new Uint8Array(16);
  bytes.set(before);
  bytes.set(behind, 16 - behind.length);
  return bytes;
}

/** IPv4 in IPv6 (RFC 4291 §2.5.5.2). */
export function mapToIPv6(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 16) return bytes;
  return Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes);
}

function groupsOf(text: string): number[] {
  const groups = text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  return groups.flatMap((group) => [group >> 8, group & 255]);
}
