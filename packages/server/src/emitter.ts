import { channel } from "node:diagnostics_channel";
import type { Channel } from "node:diagnostics_channel";
import type { ServerEventName, ServerEvents } from "./events.js";

type Listener = (event: never) => unknown;

const CHANNELS: { readonly [E in ServerEventName]: Channel } = {
  listening: channel("belfry:server:listening"),
  waiting: channel("belfry:server:waiting"),
  opened: channel("belfry:server:opened"),
  closed: channel("belfry:server:closed"),
  failed: channel("belfry:server:failed"),
  refused: channel("belfry:server:refused"),
  acceptFailed: channel("belfry:server:acceptFailed"),
  backedOff: channel("belfry:server:backedOff"),
  suspended: channel("belfry:server:suspended"),
  resumed: channel("belfry:server:resumed"),
  draining: channel("belfry:server:draining"),
  finished: channel("belfry:server:finished"),
};

/**
 * Tells listeners and `node:diagnostics_channel` what has happened. Events nobody listens to are not even made.
 *
 * A listener that throws, or returns a promise that rejects, becomes a process warning and stops nobody else.
 */
export class Emitter {
  readonly #listeners = new Map<ServerEventName, Set<Listener>>();

  /** Adds a listener. @returns a function that removes it; calling that again does nothing. */
  on<E extends ServerEventName>(name: E, listener: (event: ServerEvents[E]) => unknown): () => void {
    // A wrapper of its own for each call, so that one function added twice is told twice and removed once.
    const entry: Listener = (event: ServerEvents[E]) => listener(event);
    const set = this.#listeners.get(name);
    if (set === undefined) this.#listeners.set(name, new Set([entry]));
    else set.add(entry);
    return () => void this.#listeners.get(name)?.delete(entry);
  }

  /** Tells `name`'s listeners what `make` gives; `make` is not called when there are none. */
  emit<E extends ServerEventName>(name: E, make: () => ServerEvents[E]): void {
    const listeners = this.#listeners.get(name);
    const isHeard = listeners !== undefined && listeners.size > 0;
    const published = CHANNELS[name];
    if (!isHeard && !published.hasSubscribers) return;
    const event = make();
    if (isHeard)
      for (const listener of Array.from(listeners)) tell(listener as (event: ServerEvents[E]) => unknown, event);
    if (published.hasSubscribers) published.publish(event);
  }
}

function tell<T>(listener: (event: T) => unknown, event: T): void {
  try {
    const result = listener(event);
    if (result instanceof Promise) result.catch(warn);
  } catch (error) {
    warn(error);
  }
}

/** The warning keeps the stack, and unlike an exception thrown later it leaves the process and its other peers alone. */
function warn(error: unknown): void {
  process.emitWarning("A listener of a server's events threw", {
    type: "ListenerWarning",
    code: "BELFRY_LISTENER",
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}
