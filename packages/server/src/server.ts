import type { Addr } from "@belfry/net";
import type { ConnectionInfo } from "./connection.js";
import type { ServerCounters } from "./counters.js";
import type { ServerEventName, ServerEvents } from "./events.js";

/** Options of {@link Server.shutdown}. */
export interface ShutdownOptions {
  /** How long services may take to finish, in milliseconds; 0 cuts at once. Default: the server's `shutdownTimeout`. */
  readonly timeout?: number | undefined;
}

/** How a shutdown went. */
export interface ShutdownOutcome {
  /** Connections that ended by themselves after the shutdown began. */
  readonly drained: number;
  /** Connections that had to be reset. */
  readonly cut: number;
}

/**
 * Where a server is in its life: it serves; it serves nothing new for now; it goes down; it is down.
 */
export type ServerState = "serving" | "suspended" | "draining" | "finished";

/** A running server. Every method may be called at any time, from anywhere, and again. */
export interface Server extends AsyncDisposable {
  /** What events and listings call it. */
  readonly name: string;
  /** Where it listens, with the real port when 0 was asked. */
  readonly addr: Addr;
  /** Connections whose service is under way. */
  readonly size: number;
  /** Connections in the waiting room. */
  readonly waiting: number;
  readonly state: ServerState;
  /** What it has counted so far; a snapshot. */
  readonly counters: ServerCounters;
  /**
   * Resolves once the server is down: nothing listens, and no connection is left. Rejects when the listener broke down;
   * nobody has to catch that.
   */
  readonly finished: Promise<void>;

  /** Lists the connections, those in the waiting room last; a snapshot. */
  connections(): ConnectionInfo[];

  /**
   * Starts serving nobody new: who dials is connected and waits. Connections that are being served go on, and those in
   * the waiting room stay there.
   */
  suspend(): void;

  /** Ends a {@link suspend}: who waited is served, in order. */
  resume(): void;

  /**
   * Goes down without losing what is under way.
   *
   * At once, new dials are refused and connections nobody serves yet are reset. Then `draining` is aborted in every
   * service, and those get `timeout` milliseconds to return. What is left after that is reset, with `signal` aborted; a
   * service that ignores even this is not waited for.
   *
   * Calls share one shutdown; the first sets the timeout. `close` hurries it.
   *
   * @returns once all descriptors are released, how many connections drained and how many were cut.
   * @throws {RangeError} when `timeout` is no duration.
   */
  shutdown(options?: ShutdownOptions): Promise<ShutdownOutcome>;

  /** Goes down at once: what `shutdown` does when its time has run out. */
  close(): Promise<void>;

  /**
   * Calls `listener` on each such event, in the order of subscription. Each event is also published on
   * `node:diagnostics_channel` as `belfry:server:NAME`. A listener that throws, or returns a promise that rejects, is
   * reported as a process warning and disturbs nothing.
   *
   * @returns a function that ends the subscription.
   */
  on<E extends ServerEventName>(event: E, listener: (event: ServerEvents[E]) => unknown): () => void;

  /** `shutdown` with its default timeout, its outcome dropped. */
  [Symbol.asyncDispose](): Promise<void>;
}
