import { BrokenError, listen } from "@belfry/net";
import type { Listener, ListenOptions } from "@belfry/net";
import type { PassiveOptions } from "./passive-options.js";

type Ports = NonNullable<PassiveOptions["ports"]>;

const LOWEST = 1;
const HIGHEST = 65_535;

/** @throws {RangeError} that names the range, unless it is one of ports. */
export function checkPorts({ from, to }: Ports): void {
  const isPort = (port: number): boolean => Number.isInteger(port) && port >= LOWEST && port <= HIGHEST;
  if (isPort(from) && isPort(to) && from <= to) return;
  throw new RangeError(`Cannot use passive ports ${from} to ${to}: expected a range within ${LOWEST} to ${HIGHEST}`);
}

/**
 * Listens on a port of the range that is free, beginning at one taken at random: who could guess the next port could
 * connect before the client does (RFC 2577 §8).
 *
 * @param ports left out: any port the system gives.
 * @throws {BrokenError} when none is free, or the address cannot be listened on.
 */
export async function listenInRange(host: string, ports: Ports | undefined, options: ListenOptions): Promise<Listener> {
  if (ports === undefined) return listen({ host, port: 0 }, options);
  const size = ports.to - ports.from + 1;
  const start = Math.floor(Math.random() * size);
  for (let i = 0; ; i += 1) {
    try {
      return await listen({ host, port: ports.from + ((start + i) % size) }, options);
    } catch (error) {
      if (!isTaken(error) || i + 1 === size) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  const cause = error instanceof BrokenError ? (error.cause as NodeJS.ErrnoException) : null;
  // A port below 1024 needs a privilege, and another one of the range may not.
  return cause?.code === "EADDRINUSE" || cause?.code === "EACCES";
}
