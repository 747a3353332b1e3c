import type { ConnectionStatus, HostStatus, ServiceStatus, WorkerStatus } from "../../src/inspect/host-view.js";
import type { Look } from "../../src/top/look.js";

const START = 1_700_000_000_000;

/** What differs from one look to the other. */
export interface LookParts {
  /** Seconds since the host started. */
  readonly at?: number;
  readonly pid?: number;
  readonly services?: readonly Partial<ServiceStatus>[];
  readonly workers?: number;
  readonly connections?: readonly Partial<ConnectionStatus>[];
  readonly total?: number;
  readonly missing?: readonly number[];
  readonly status?: Partial<HostStatus>;
}

/** A look at a host that is told by what matters. */
export function lookWith(parts: LookParts = {}): Look {
  const { at = 10, pid = 4242, services = [{ name: "echo" }], workers = 2, connections = [] } = parts;
  return {
    at: START + at * 1000,
    status: {
      version: "0.1.0",
      pid,
      node: "v20.20.2",
      startedAt: START,
      state: "serving",
      isReady: true,
      generation: 1,
      config: "/srv/belfry.config.ts",
      crashes: 0,
      startFailures: 0,
      reloads: { succeeded: 0, failed: 0, lastAt: null, lastError: null },
      services: services.map(serviceWith),
      plannedWorkers: workers,
      nextStartAt: null,
      workers: Array.from({ length: workers }, (_, at) => workerWith({ number: at + 1, pid: 4243 + at })),
      ...parts.status,
    },
    connections: connections.map(connectionWith),
    service: null,
    total: parts.total ?? connections.length,
    missing: parts.missing ?? [],
  };
}

export function countersWith(counters: Partial<ServiceStatus["counters"]>): ServiceStatus["counters"] {
  return {
    connections_accepted_total: 0,
    connections_open: 0,
    connections_waiting: 0,
    connections_refused_total: {} as ServiceStatus["counters"]["connections_refused_total"],
    connections_closed_total: {} as ServiceStatus["counters"]["connections_closed_total"],
    service_failures_total: 0,
    accept_errors_total: 0,
    read_bytes_total: 0,
    written_bytes_total: 0,
    ...counters,
  };
}

function serviceWith(service: Partial<ServiceStatus>): ServiceStatus {
  return {
    name: "echo",
    kind: "echo",
    addresses: ["127.0.0.1:8007"],
    isSecure: false,
    isProxied: false,
    state: "serving",
    maxConns: null,
    counters: countersWith({}),
    ...service,
  };
}

function workerWith(worker: Partial<WorkerStatus>): WorkerStatus {
  return {
    pid: 4243,
    startedAt: START,
    cpuSeconds: { user: 1, system: 0.5 },
    memory: { rss: 80_000_000, heapUsed: 12_000_000, heapTotal: 20_000_000, external: 0 },
    loopDelay: { mean: 0.001, p50: 0.001, p99: 0.0021, max: 0.01 },
    loopUtilization: 0.25,
    tasks: 12,
    number: 1,
    generation: 1,
    state: "serving",
    connections: 3,
    ...worker,
  };
}

function connectionWith(connection: Partial<ConnectionStatus>): ConnectionStatus {
  return {
    id: "echo#1-1",
    service: "echo",
    worker: 1,
    localAddr: "127.0.0.1:8007",
    remoteAddr: "127.0.0.1:51234",
    state: "serving",
    since: START,
    bytesRead: 0,
    bytesWritten: 0,
    bytesQueued: 0,
    ...connection,
  };
}
