import type { Addr } from "@belfry/net";
import { withoutControls } from "./without-controls.js";

/**
 * An address for a line of text. A proxy tells paths of Unix sockets in any characters its client likes; those that would
 * steer a terminal are shown as `?`.
 */
export function nameAddr(addr: Addr): string {
  // Numbers of an address steer nothing, and a line for each connection is not searched for what cannot be in it.
  return addr.network === "tcp" ? String(addr) : withoutControls(String(addr));
}
