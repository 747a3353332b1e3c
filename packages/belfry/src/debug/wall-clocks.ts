import type { WallClock } from "@belfry/clock";
import { parseAddress } from "@belfry/net";
import type { HostStatus, ServiceStatus } from "../inspect/host-view.js";

/** The clocks of a host that a wall can dial: those that speak plainly, without TLS or a PROXY protocol header. */
export function wallClocks({ services }: HostStatus): readonly WallClock[] {
  return services
    .filter(({ kind, isSecure, isProxied }) => kind === "clock" && !isSecure && !isProxied)
    .flatMap(clocksOf);
}

function clocksOf({ name, addresses }: ServiceStatus): readonly WallClock[] {
  return addresses.map((address, index) => {
    return { name: index === 0 ? name : `${name} at ${address}`, address: reachable(address) };
  });
}

/** An address that stands for all of this machine's is dialled at one that is its own. */
function reachable(address: string): string {
  const { host, port } = parseAddress(address);
  if (host === "0.0.0.0") return `127.0.0.1:${port}`;
  return host === "::" ? `[::1]:${port}` : address;
}
