import type { Addr } from "@belfry/net";
import type { ConnectionInfo } from "./connection-info.js";
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
  /** Connections that wait, unread: in the waiting room, or for `admit` to answer. */
  readonly waiting: number;
  /** Connections served at a time: the option `maxConns`, or what {@link setMaxConns} has made of it. */
  readonly maxConns: number;
  readonly state: ServerState;
  /** What it has counted so far; a snapshot. */
  readonly counters: ServerCounters;
  /**
   * Resolves once the server is down: nothing listens, and no connection is left. Rejects when the listener broke down;
   * nobody has to catch that.
   */
  readonly finished: Promise<void>;

  /** Lists the connections, those that wait last; a snapshot. */
  connections(): ConnectionInfo[];

  /**
   * Starts serving nobody new: who dials is connected and waits. Connections that are being served go on, and those in
   * the waiting room stay there.
   */
  suspend(): void;

  /** Ends a {@link suspend}: who waited is served, in order. */
  resume(): void;

  /**
   * Sets how many connections are served at a time. Takes effect at once: where it grows, who waited is served, in
   * order; where it shrinks below what is being served, those go on, and nobody new is served until enough have ended.
   *
   * @param count at least 0; `Infinity` is no limit.
   * @throws {RangeError} when `count` is no such number.
   */
  setMaxConns(count: number): void;

  /**
   * Resets one connection. Its service's `signal` is aborted with a {@link KickedError}; its place is free once the
   * service has ended. One that waits is refused.
   *
   * @param id as in events and listings.
   * @returns whether there is a connection of that id.
   */
  kick(id: string): boolean;

  /**
   * Accepts nobody new, and serves whom it has accepted: those who wait are served as places fall free. For a socket that
   * another process accepts from as well, and takes over; where there is none, new dials are refused. `shutdown` still
   * has to follow.
   *
   * @returns a promise that resolves once the last connection is out of the listener's hands.
   */
  stopAccepting(): Promise<void>;

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
