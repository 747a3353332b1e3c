import { constants } from "node:os";
import { OutputError } from "@belfry/netcat";
import type { Io } from "./io.js";

/** What a shell reports of a program ended by SIGPIPE, which is how others end when nobody reads them. */
const READER_GONE = 141;

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Why a client was stopped: its reason for aborting. */
class Interrupt extends Error {
  override readonly name: string = "Interrupt";
  /** Stable across releases; the message is not. */
  readonly code = "ERR_INTERRUPT";
  /** What the process ends with: 128 and the signal's number, as shells have it. */
  readonly status: number;

  constructor(signal: (typeof SIGNALS)[number]) {
    super(`Stopped by ${signal}`);
    this.status = 128 + constants.signals[signal];
  }
}

/**
 * Runs a client until it ends, SIGINT or SIGTERM stops it, or nobody reads its output any more.
 *
 * @param client gets a signal that aborts with an {@link Interrupt}.
 * @returns the client's exit status; 130 or 143 after a signal, 141 when the output's reader has gone.
 * @throws what the client throws otherwise.
 */
export async function runClient(io: Io, client: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const listeners = SIGNALS.map((signal) => [signal, () => controller.abort(new Interrupt(signal))] as const);
  for (const [signal, listener] of listeners) io.signals.on(signal, listener);
  try {
    return await client(controller.signal);
  } catch (error) {
    if (error instanceof Interrupt) return error.status;
    if (error instanceof OutputError && error.isReaderGone) return READER_GONE;
    throw error;
  } finally {
    for (const [signal, listener] of listeners) io.signals.off(signal, listener);
  }
}
