import type { ConnectionStatus, HostStatus } from "../inspect/host-view.js";

/** What was seen of a host at one moment. */
export interface Look {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly status: HostStatus;
  /** Some of the connections: those with most of what they are ordered by. */
  readonly connections: readonly ConnectionStatus[];
  /** The one service they were asked of; `null` for all. */
  readonly service: string | null;
  /** How many there are. */
  readonly total: number;
  /** Numbers of the workers that do not answer: their connections are neither listed nor counted. */
  readonly missing: readonly number[];
}

/** How connections may be ordered, the largest first. */
export const TOP_ORDERS = ["rate", "in", "out", "queued", "age"] as const;
export type TopOrder = (typeof TOP_ORDERS)[number];
