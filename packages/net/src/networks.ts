import { BlockList, isIPv4, isIPv6 } from "node:net";

/** A set of IP networks, made by {@link networks}. */
export interface Networks {
  /**
   * Whether the address `host` lies in one of them. IPv4 and IPv4 in IPv6 (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) are the
   * same, so `::/0` has all of both. What is no IP address, such as the empty host of a Unix socket, lies in none.
   */
  has(host: string): boolean;
}

/**
 * Makes a set of addresses and networks, as `"192.0.2.1"`, `"10.0.0.0/8"`, `"::1"` or `"2001:db8::/32"`.
 *
 * @throws {RangeError} when an entry is none of these, naming it.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { networks } from "@belfry/net";
 *
 * const trusted = networks(["10.0.0.0/8", "::1"]);
 * assert.ok(trusted.has("10.1.2.3"));
 * assert.ok(trusted.has("::ffff:10.1.2.3")); // the same, as a dual-stack listener sees it
 * assert.ok(!trusted.has("192.0.2.1"));
 * ```
 */
export function networks(list: readonly string[]): Networks {
  const found = new BlockList();
  for (const entry of list) add(found, entry);
  return {
    has(host) {
      if (isIPv4(host)) return found.check(host, "ipv4");
      const zone = host.indexOf("%");
      const address = zone < 0 ? host : host.slice(0, zone);
      return isIPv6(address) && found.check(address, "ipv6");
    },
  };
}

/** The runtime's list takes IPv4 for the same as IPv4 in IPv6, in its entries and in what it is asked. */
function add(found: BlockList, entry: string): void {
  const match = /^([\d.]+|[\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(entry);
  const address = match?.[1] ?? "";
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  const longest = family === "ipv4" ? 32 : 128;
  const bits = Number(match?.[2] ?? longest);
  if ((family === "ipv6" && !isIPv6(address)) || bits > longest) {
    throw new RangeError(`Cannot use network "${entry}": expected an IP address, or one with a prefix length behind /`);
  }
  found.addSubnet(address, bits, family);
}
