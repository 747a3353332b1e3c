import { isIPv4, isIPv6, SocketAddress } from "node:net";

/**
 * What an address is counted by: an IPv4 address itself, also one mapped into IPv6 (RFC 4291 §2.5.5.2); the first 64 bits of any other IPv6
 * address, for whoever has one has all of these (RFC 6177 §2).
 *
 * @returns `null` for what is no IP address: the far end of a Unix socket or a pipe, which all clients of it share.
 */
export function addressKey(address: string): string | null {
  if (isIPv4(address)) return address;
  const plain = address.replace(/%.*$/, "");
  if (!isIPv6(plain)) return null;
  const { address: canonical } = new SocketAddress({ address: plain, family: "ipv6" });
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(canonical)?.[1];
  return mapped ?? `${network(canonical)}::/64`;
}

/** The first four words of an IPv6 address, trailing zeros left out. */
function network(address: string): string {
  const [head = "", tail = ""] = address.split("::");
  const words = head === "" ? [] : head.split(":");
  if (address.includes("::")) {
    const after = tail === "" ? [] : tail.split(":");
    while (words.length + wordsIn(after) < 8) words.push("0");
    words.push(...after);
  }
  return words
    .slice(0, 4)
    .join(":")
    .replace(/(?:(?:^|:)0)+$/, "");
}

/** An IPv4 address at the end stands for two words. */
function wordsIn(parts: readonly string[]): number {
  return parts.length + (parts.at(-1)?.includes(".") === true ? 1 : 0);
}
