import type { Conn } from "@belfry/net";
import type { CloseReason, RefusalReason } from "./events.js";

/**
 * What a server has counted so far. The names are those of the Prometheus metrics, less a prefix of your choice; a
 * record's keys are the values of its label `reason`.
 */
export interface ServerCounters {
  /** Connections accepted, served or not. */
  readonly connections_accepted_total: number;
  /** Connections whose service is under way now. */
  readonly connections_open: number;
  /** Connections that wait now: for a place, or for `admit` to answer. */
  readonly connections_waiting: number;
  /** Connections turned away unserved; `backlog` counts those nobody came to accept. */
  readonly connections_refused_total: Readonly<Record<RefusalReason | "backlog", number>>;
  /** Connections that are over, by what ended them. */
  readonly connections_closed_total: Readonly<Record<CloseReason, number>>;
  /** Errors of services and their tasks. */
  readonly service_failures_total: number;
  /** Failed accepts. */
  readonly accept_errors_total: number;
  /** Bytes that have come from peers, on connections over and open. */
  readonly read_bytes_total: number;
  /** Bytes handed to `write`, on connections over and open. */
  readonly written_bytes_total: number;
}

/** A connection as its bytes are counted. */
interface Counted {
  readonly conn: Pick<Conn, "bytesRead" | "bytesWritten">;
}

/** The counts behind {@link ServerCounters} that only grow. */
export class Tally {
  accepted = 0;
  failures = 0;
  acceptErrors = 0;
  bytesRead = 0;
  bytesWritten = 0;
  readonly refused: Record<RefusalReason, number> = {
    full: 0,
    network: 0,
    address: 0,
    policy: 0,
    descriptors: 0,
    draining: 0,
    abandoned: 0,
    kicked: 0,
  };
  readonly closed: Record<CloseReason, number> = { returned: 0, failed: 0, broken: 0, idle: 0, kicked: 0, cut: 0 };

  /** @param open the connections under way, whose bytes are added. */
  snapshot(open: ReadonlySet<Counted>, now: { readonly waiting: number; readonly backlog: number }): ServerCounters {
    let { bytesRead, bytesWritten } = this;
    for (const { conn } of open) {
      bytesRead += conn.bytesRead;
      bytesWritten += conn.bytesWritten;
    }
    return {
      connections_accepted_total: this.accepted,
      connections_open: open.size,
      connections_waiting: now.waiting,
      connections_refused_total: { ...this.refused, backlog: now.backlog },
      connections_closed_total: { ...this.closed },
      service_failures_total: this.failures,
      accept_errors_total: this.acceptErrors,
      read_bytes_total: bytesRead,
      written_bytes_total: bytesWritten,
    };
  }
}
