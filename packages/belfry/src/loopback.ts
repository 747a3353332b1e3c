import { isIP } from "node:net";
import { networks } from "@belfry/net";

const LOOPBACK = networks(["127.0.0.0/8", "::1"]);

/** Whether a host, as one listens on it or names it in an address, is this machine and can be reached from nowhere else. */
export function isLoopbackHost(host: string): boolean {
  // RFC 6761 §6.3: names under it are not to be looked up elsewhere.
  if (isIP(host) === 0) return host === "localhost" || host.endsWith(".localhost");
  return LOOPBACK.has(host);
}
