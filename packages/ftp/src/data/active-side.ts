import { dial } from "@belfry/net";
import type { Addr, Conn } from "@belfry/net";
import type { HostPort } from "../protocol/host-port.js";
import { ReplyError } from "../protocol/reply.js";
import { hostOf, ipAddressOf, parseIpAddress } from "./ip-address.js";

/** Below are the ports of other services, which a client could have this server talk to (RFC 2577 §3). */
const LOWEST_PORT = 1_024;

/**
 * Refuses what is not the client's own.
 *
 * @throws {ReplyError} 522 for the other address family (RFC 2428 §2), 501 for another address or a port below 1024.
 */
export function checkTarget(target: HostPort, remoteAddr: Addr): void {
  const peer = ipAddressOf(remoteAddr);
  const host = parseIpAddress(target.host);
  if (host === null) throw new ReplyError(501, "Cannot use that address: it is not an IP address");
  if (host.family !== peer.family) throw wrongFamily(peer.family);
  if (host.text !== peer.text) throw new ReplyError(501, "Cannot use that address: it is not yours");
  if (target.port < LOWEST_PORT) {
    throw new ReplyError(501, `Cannot use port ${target.port}: expected one from ${LOWEST_PORT} up`);
  }
}

/** The refusal of RFC 2428 §2, whose list of protocols clients parse. */
export function wrongFamily(supported: "ipv4" | "ipv6"): ReplyError {
  return new ReplyError(522, `Network protocol not supported, use (${supported === "ipv4" ? 1 : 2})`);
}

/**
 * Dials the client, at the address its control connection comes from.
 *
 * Not from port 20, as RFC 959 §3.2 has it: that takes a privilege, and one port for all clients runs out of pairs.
 */
export function dialClient(
  port: number,
  ends: { readonly localAddr: Addr; readonly remoteAddr: Addr },
  options: { readonly signal: AbortSignal; readonly timeout: number | undefined },
): Promise<Conn> {
  const host = hostOf(ends.remoteAddr);
  return dial({ host, port }, { ...options, localAddr: { host: hostOf(ends.localAddr) } });
}
