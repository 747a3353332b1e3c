import { constants } from "node:os";
import { checkDelay } from "./resolve-limits.js";
import type { Server, ShutdownOptions, ShutdownOutcome } from "./server.js";

/** Options of {@link withSignals}. Hooks are called synchronously; what they throw is thrown at the process. */
export interface SignalOptions extends ShutdownOptions {
  /** The signals to act on. Default SIGINT, SIGTERM and SIGQUIT, and SIGBREAK on Windows. */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /** The first signal has come and the drain has begun: dials are refused already. */
  readonly onShutdown?: ((signal: NodeJS.Signals) => void) | undefined;
  /** A second signal has come and what was left is cut. */
  readonly onForced?: ((signal: NodeJS.Signals) => void) | undefined;
  /** All servers are down. */
  readonly onFinished?: ((outcome: SignalOutcome) => void) | undefined;
}

/** How it ended, with the counts of all servers added up. */
export interface SignalOutcome extends ShutdownOutcome {
  /** The signal that began the shutdown; `null` when the servers went down for another reason. */
  readonly signal: NodeJS.Signals | null;
  /** Whether a second signal cut it short. */
  readonly isForced: boolean;
}

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGBREAK"];

/**
 * Ties servers to the process's signals: the first starts a drain, a second one ends it at once.
 *
 * The handlers are there when this returns and gone once all servers are down, whoever brought them down.
 *
 * @returns a promise of how it ended. It rejects when a server broke down.
 * @throws {TypeError} on a signal this system does not have, when it was named in `options.signals`.
 * @throws {RangeError} when `options.timeout` is no duration.
 * @example
 * ```ts
 * import { serve, withSignals } from "@belfry/server";
 *
 * const server = await serve({ port: 0 }, (conn) => conn.write("hello\n"));
 * const ended = withSignals(server, { onShutdown: () => console.error("shutting down") });
 * process.kill(process.pid, "SIGTERM");
 * const { drained, cut } = await ended;
 * console.error(`all done: ${drained} drained, ${cut} cut`);
 * ```
 */
export function withSignals(servers: Server | readonly Server[], options: SignalOptions = {}): Promise<SignalOutcome> {
  const all: readonly Server[] = Array.isArray(servers) ? servers : [servers];
  const signals = options.signals === undefined ? SIGNALS.filter(isKnown) : checkSignals(options.signals);
  if (options.timeout !== undefined) checkDelay("timeout", options.timeout);
  const seen: { first: NodeJS.Signals | null; isForced: boolean } = { first: null, isForced: false };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (seen.first === null) {
      seen.first = signal;
      for (const server of all) void server.shutdown(options);
      options.onShutdown?.(signal);
    } else {
      seen.isForced = true;
      for (const server of all) void server.close();
      options.onForced?.(signal);
    }
  };
  for (const signal of signals) process.on(signal, onSignal);
  return outcome(all, seen, options).finally(() => {
    for (const signal of signals) process.off(signal, onSignal);
  });
}

async function outcome(
  servers: readonly Server[],
  seen: { readonly first: NodeJS.Signals | null; readonly isForced: boolean },
  options: SignalOptions,
): Promise<SignalOutcome> {
  const ends = await Promise.allSettled(servers.map(({ finished }) => finished));
  const broken = ends.find((end) => end.status === "rejected");
  if (broken !== undefined) throw broken.reason;
  let drained = 0;
  let cut = 0;
  for (const server of servers) {
    const counts = await server.shutdown();
    drained += counts.drained;
    cut += counts.cut;
  }
  const result = { signal: seen.first, isForced: seen.isForced, drained, cut };
  options.onFinished?.(result);
  return result;
}

/** Windows has no SIGQUIT, and nothing else has SIGBREAK. */
function isKnown(signal: NodeJS.Signals): boolean {
  return constants.signals[signal] !== undefined;
}

function checkSignals(signals: readonly NodeJS.Signals[]): readonly NodeJS.Signals[] {
  for (const signal of signals) {
    if (!isKnown(signal)) throw new TypeError(`Cannot use signal "${signal}": this system does not have it`);
  }
  return signals;
}
