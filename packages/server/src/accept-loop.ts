import { setImmediate, setTimeout } from "node:timers/promises";
import type { Conn, Listener } from "@belfry/net";
import { classifyAcceptError } from "./accept-errors.js";
import type { AcceptErrorKind } from "./accept-errors.js";

/** Who takes what the loop accepts. Neither may throw. */
export interface Acceptor {
  arrived(conn: Conn): void;
  /** @param delay milliseconds until the next try. */
  acceptFailed(error: unknown, kind: Exclude<AcceptErrorKind, "closed">, delay: number): void;
}

const MIN_DELAY = 5;
const MAX_DELAY = 1000;

/**
 * Accepts until the listener is closed.
 *
 * A shortage in the system is waited out for 5 ms, doubling to a second while it lasts.
 *
 * @param stopping ends such a wait; the listener is closed by then.
 * @throws what `accept` threw, when the listener will never accept again.
 */
export async function acceptLoop(listener: Listener, acceptor: Acceptor, stopping: AbortSignal): Promise<void> {
  let delay = 0;
  for (;;) {
    try {
      acceptor.arrived(await listener.accept());
      delay = 0;
    } catch (error) {
      const kind = classifyAcceptError(error);
      if (kind === "closed") return;
      delay = kind === "backOff" ? Math.min(delay * 2 || MIN_DELAY, MAX_DELAY) : 0;
      acceptor.acceptFailed(error, kind, delay);
      if (kind === "fatal") throw error;
      await pause(delay, stopping);
    }
  }
}

/** Also without a delay the loop waits for the next turn: a listener that always fails must not starve the process. */
async function pause(delay: number, signal: AbortSignal): Promise<void> {
  try {
    await (delay > 0 ? setTimeout(delay, undefined, { signal }) : setImmediate(undefined, { signal }));
  } catch {
    // Called off: the next accept finds the listener closed.
  }
}
