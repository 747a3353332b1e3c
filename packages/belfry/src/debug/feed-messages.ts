import type { ConnectionPage, HostStatus } from "../inspect/host-view.js";

/**
 * What the debug server sends a dashboard by server-sent events from `/debug/feed`: `hello` first, then each second
 * `status`, and `connections` when the query asked for some. The data of each event is JSON of these shapes.
 *
 * The query of the address is that of `/debug/conns`: `service`, `filter`, `order` and `limit`; `limit=0` leaves the
 * connections out.
 */
export interface FeedMessages {
  readonly hello: { readonly status: HostStatus; readonly history: History };
  readonly status: { readonly status: HostStatus; readonly sample: Sample };
  readonly connections: ConnectionPage;
}

/** One point of the plots. Rates are per second, over the time since the sample before. */
export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly connections: number;
  readonly waiting: number;
  readonly accepted: number;
  readonly refused: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Seconds, of the worst process. */
  readonly loopDelayP99: number;
  /** Bytes, of all processes. */
  readonly rss: number;
  readonly heapUsed: number;
  /** Share of one core, of all processes; may be above 1. */
  readonly cpu: number;
  readonly tasks: number;
}

/** The last hour, oldest first. */
export interface History {
  /** Milliseconds between two samples. */
  readonly interval: number;
  readonly samples: readonly Sample[];
}
