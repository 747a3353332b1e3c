import { setMaxListeners } from "node:events";
import { BrokenError, DeadlineError, dial } from "@belfry/net";
import { Group } from "@belfry/sync";

/** Options of {@link probe}. */
export interface ProbeOptions {
  /** Milliseconds for each port. Default 5000. */
  readonly timeout?: number | undefined;
  /** Ports tried at once, at least 1. Default 64. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was found at one port. */
export interface ProbeResult {
  readonly port: number;
  readonly isOpen: boolean;
  /** Why it is not open; `null` when it is. */
  readonly error: BrokenError | DeadlineError | null;
}

/**
 * Finds out on which of `ports` somebody listens: connects and hangs up, sending nothing.
 *
 * @returns one result a port, in the order of `ports`.
 * @throws {BrokenError} when the name of the host does not resolve; `signal.reason` on abort.
 * @example
 * ```ts
 * import { listen } from "@belfry/net";
 * import { probe } from "@belfry/netcat";
 *
 * const listener = await listen("127.0.0.1:0");
 * const [result] = await probe("127.0.0.1", [listener.addr.port]);
 * console.log(result?.isOpen); // true
 * await listener.close();
 * ```
 */
export async function probe(
  host: string,
  ports: readonly number[],
  { timeout = 5000, limit = 64, signal }: ProbeOptions = {},
): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  const group = new Group({ signal, limit, name: `probe ${host}` });
  // Every dial under way listens on it, and that many are no leak.
  setMaxListeners(limit + 1, group.signal);
  for (const [index, port] of ports.entries()) {
    await group.go(async (signal) => {
      results[index] = await probeOne(host, port, timeout, signal);
    }, String(port));
  }
  await group.wait();
  signal?.throwIfAborted();
  return results;
}

async function probeOne(host: string, port: number, timeout: number, signal: AbortSignal): Promise<ProbeResult> {
  try {
    const conn = await dial({ host, port }, { timeout, signal });
    await conn.close();
    return { port, isOpen: true, error: null };
  } catch (error) {
    const isAnswer = error instanceof DeadlineError || (error instanceof BrokenError && !isNameFailure(error));
    if (!isAnswer) throw error;
    return { port, isOpen: false, error };
  }
}

function isNameFailure(error: BrokenError): boolean {
  return (error.cause as NodeJS.ErrnoException | null)?.syscall === "getaddrinfo";
}
