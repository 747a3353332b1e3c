import type { ConnectionStatus, ServiceStatus, WorkerStatus } from "../inspect/host-view.js";
import type { Look } from "./look.js";

/** Rates are per second, and `null` while there is nothing to compare with. */
export interface ServiceRates {
  readonly service: ServiceStatus;
  readonly accepted: number | null;
  readonly read: number | null;
  readonly written: number | null;
  /** Connections turned away, since the service started. */
  readonly refused: number;
}

export interface WorkerRates {
  readonly worker: WorkerStatus;
  /** Share of a core. */
  readonly cpu: number | null;
}

export interface ConnectionRates {
  readonly connection: ConnectionStatus;
  readonly read: number | null;
  readonly written: number | null;
}

/** All services and workers together. */
export interface Totals {
  readonly connections: number;
  readonly waiting: number;
  readonly accepted: number | null;
  readonly read: number | null;
  readonly written: number | null;
  readonly refused: number;
  readonly failures: number;
  /** Seconds, of the worst worker. */
  readonly loopDelay: number;
  readonly memory: number;
  readonly cpu: number | null;
  readonly tasks: number;
}

/** A look, and what has gone on since the one before. */
export interface Measured {
  readonly look: Look;
  readonly services: readonly ServiceRates[];
  readonly workers: readonly WorkerRates[];
  readonly connections: readonly ConnectionRates[];
  readonly totals: Totals;
}

/** Compares two looks. A look at another process than before has nothing to be compared with. */
export function measure(look: Look, before: Look | null): Measured {
  const base = before?.status.pid === look.status.pid ? before : null;
  const services = measureServices(look, base);
  const workers = measureWorkers(look, base);
  return { look, services, workers, connections: measureConnections(look, base), totals: add(services, workers) };
}

function measureServices(look: Look, base: Look | null): ServiceRates[] {
  const old = new Map(base?.status.services.map((service) => [service.name, service.counters]));
  const per = perSecond(look, base);
  return look.status.services.map((service) => {
    const { counters } = service;
    const was = old.get(service.name);
    return {
      service,
      accepted: per(counters.connections_accepted_total, was?.connections_accepted_total),
      read: per(counters.read_bytes_total, was?.read_bytes_total),
      written: per(counters.written_bytes_total, was?.written_bytes_total),
      refused: sum(Object.values(counters.connections_refused_total)),
    };
  });
}

function measureWorkers(look: Look, base: Look | null): WorkerRates[] {
  const old = new Map(base?.status.workers.map((worker) => [worker.number, worker.cpuSeconds]));
  const per = perSecond(look, base);
  return look.status.workers.map((worker) => {
    const was = old.get(worker.number);
    const { user, system } = worker.cpuSeconds;
    return { worker, cpu: per(user + system, was && was.user + was.system) };
  });
}

function measureConnections(look: Look, base: Look | null): ConnectionRates[] {
  const old = new Map(base?.connections.map((connection) => [connection.id, connection]));
  const per = perSecond(look, base);
  return look.connections.map((connection) => {
    // One that was not there before has begun with nothing; one that was not listed may have had anything.
    const isNew = base !== null && connection.since >= base.at;
    const was = old.get(connection.id) ?? (isNew ? { bytesRead: 0, bytesWritten: 0 } : undefined);
    return {
      connection,
      read: per(connection.bytesRead, was?.bytesRead),
      written: per(connection.bytesWritten, was?.bytesWritten),
    };
  });
}

function perSecond(look: Look, base: Look | null): (now: number, before: number | undefined) => number | null {
  const seconds = base === null ? 0 : (look.at - base.at) / 1000;
  // A worker that ended may take its counts with it.
  return (now, before) => (before === undefined || seconds <= 0 ? null : Math.max(now - before, 0) / seconds);
}

function add(services: readonly ServiceRates[], workers: readonly WorkerRates[]): Totals {
  const counters = services.map(({ service }) => service.counters);
  return {
    connections: sum(counters.map((each) => each.connections_open)),
    waiting: sum(counters.map((each) => each.connections_waiting)),
    accepted: sumKnown(services.map(({ accepted }) => accepted)),
    read: sumKnown(services.map(({ read }) => read)),
    written: sumKnown(services.map(({ written }) => written)),
    refused: sum(services.map(({ refused }) => refused)),
    failures: sum(counters.map((each) => each.service_failures_total)),
    loopDelay: Math.max(0, ...workers.map(({ worker }) => worker.loopDelay.p99)),
    memory: sum(workers.map(({ worker }) => worker.memory.rss)),
    cpu: sumKnown(workers.map(({ cpu }) => cpu)),
    tasks: sum(workers.map(({ worker }) => worker.tasks)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Of those that are known; `null` when none is. */
function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : sum(known);
}
