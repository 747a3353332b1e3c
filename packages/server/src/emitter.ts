import { channel } from "node:diagnostics_channel";
import type { Channel } from "node:diagnostics_channel";

type Listener = (event: never) => unknown;

/** Where `node:diagnostics_channel` has each event of a kind. */
export type EventChannels<Events> = { readonly [E in keyof Events]: Channel };

/**
 * The channels `belfry:KIND:NAME` for all names of a kind of events.
 *
 * @param names each name once, with anything as its value: an object, so that a missing name is a type error.
 */
export function eventChannels<Events>(
  kind: string,
  names: { readonly [E in keyof Events]: unknown },
): EventChannels<Events> {
  const entries = Object.keys(names).map((name) => [name, channel(`belfry:${kind}:${name}`)]);
  return Object.fromEntries(entries) as EventChannels<Events>;
}

/**
 * Tells listeners and `node:diagnostics_channel` what has happened. Events nobody listens to are not even made.
 *
 * A listener that throws, or returns a promise that rejects, becomes a process warning and stops nobody else.
 *
 * @example
 * ```ts
 * import { Emitter, eventChannels } from "@belfry/server";
 *
 * interface ChatEvents {
 *   readonly said: { readonly who: string; readonly what: string };
 * }
 *
 * const emitter = new Emitter(eventChannels<ChatEvents>("chat", { said: 1 }));
 * const forget = emitter.on("said", ({ who, what }) => console.log(`${who}: ${what}`));
 * emitter.emit("said", () => ({ who: "Ada", what: "hello" })); // Ada: hello
 * forget();
 * ```
 */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<Listener>>();
  readonly #channels: EventChannels<Events>;

  constructor(channels: EventChannels<Events>) {
    this.#channels = channels;
  }

  /** Adds a listener. @returns a function that removes it; calling that again does nothing. */
  on<E extends keyof Events>(name: E, listener: (event: Events[E]) => unknown): () => void {
    // A wrapper of its own for each call, so that one function added twice is told twice and removed once.
    const entry: Listener = (event: Events[E]) => listener(event);
    const set = this.#listeners.get(name);
    if (set === undefined) this.#listeners.set(name, new Set([entry]));
    else set.add(entry);
    return () => void this.#listeners.get(name)?.delete(entry);
  }

  /** Tells `name`'s listeners what `make` gives; `make` is not called when there are none. */
  emit<E extends keyof Events>(name: E, make: () => Events[E]): void {
    const listeners = this.#listeners.get(name);
    const isHeard = listeners !== undefined && listeners.size > 0;
    const published = this.#channels[name];
    if (!isHeard && !published.hasSubscribers) return;
    const event = make();
    if (isHeard) for (const listener of Array.from(listeners)) tell(listener as (event: Events[E]) => unknown, event);
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
  process.emitWarning("A listener of events threw", {
    type: "ListenerWarning",
    code: "BELFRY_LISTENER",
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}
