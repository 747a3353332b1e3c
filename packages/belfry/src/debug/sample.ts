import type { HostStatus } from "../inspect/host-view.js";
import type { Sample } from "./feed-messages.js";
import { allProcesses, type SupervisedStatus } from "./processes.js";

/** A status, and when it was read. */
export interface Snapshot {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly status: SupervisedStatus;
}

/**
 * A point of the plots. Rates are over the time between the two snapshots, and 0 without a snapshot before.
 */
export function measure(before: Snapshot | null, after: Snapshot): Sample {
  const seconds = before === null ? 0 : (after.at - before.at) / 1000;
  const now = totals(after.status);
  const then = before === null ? now : totals(before.status);
  const rate = (key: keyof Totals): number => (seconds > 0 ? round(Math.max(now[key] - then[key], 0) / seconds, 1) : 0);
  const { workers } = after.status;
  const processes = allProcesses(after.status);
  return {
    at: after.at,
    connections: now.open,
    waiting: now.waiting,
    accepted: rate("accepted"),
    refused: rate("refused"),
    bytesRead: rate("bytesRead"),
    bytesWritten: rate("bytesWritten"),
    loopDelayP99: round(Math.max(0, ...workers.map(({ loopDelay }) => loopDelay.p99)), 6),
    rss: sum(processes, ({ memory }) => memory.rss),
    heapUsed: sum(processes, ({ memory }) => memory.heapUsed),
    cpu: seconds > 0 && before !== null ? round(cpuBetween(before, after) / seconds, 4) : 0,
    tasks: sum(workers, ({ tasks }) => tasks),
  };
}

interface Totals {
  readonly open: number;
  readonly waiting: number;
  readonly accepted: number;
  readonly refused: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

function totals({ services }: HostStatus): Totals {
  const all = services.map(({ counters }) => counters);
  return {
    open: sum(all, (each) => each.connections_open),
    waiting: sum(all, (each) => each.connections_waiting),
    accepted: sum(all, (each) => each.connections_accepted_total),
    refused: sum(all, (each) => sum(Object.values(each.connections_refused_total), Number)),
    bytesRead: sum(all, (each) => each.read_bytes_total),
    bytesWritten: sum(all, (each) => each.written_bytes_total),
  };
}

/** Seconds. A process that was not there before has used all of its time since; one that has gone tells nothing. */
function cpuBetween(before: Snapshot, after: Snapshot): number {
  const used = new Map(allProcesses(before.status).map(({ pid, cpuSeconds }) => [pid, cpuSeconds]));
  return sum(allProcesses(after.status), ({ pid, cpuSeconds }) => {
    const then = used.get(pid) ?? { user: 0, system: 0 };
    return Math.max(cpuSeconds.user + cpuSeconds.system - then.user - then.system, 0);
  });
}

function sum<T>(values: readonly T[], read: (value: T) => number): number {
  return values.reduce((total, value) => total + read(value), 0);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
