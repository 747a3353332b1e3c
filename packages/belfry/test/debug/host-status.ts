import type { HostStatus, ServiceStatus, WorkerStatus } from "../../src/inspect/host-view.js";

/** A host with one service and two workers, for tests to change. */
export function hostStatus(changes: Partial<HostStatus> = {}): HostStatus {
  return {
    version: "1.2.3",
    pid: 4000,
    node: "v20.20.0",
    startedAt: 1_700_000_000_000,
    state: "serving",
    isReady: true,
    generation: 2,
    config: "/etc/belfry.config.ts",
    crashes: 3,
    startFailures: 2,
    reloads: { succeeded: 1, failed: 2, lastAt: 1_700_000_060_000, lastError: "Cannot use it" },
    services: [serviceStatus()],
    plannedWorkers: 2,
    nextStartAt: null,
    workers: [workerStatus(1), workerStatus(2)],
    ...changes,
  };
}

/** An echo service that has seen something of each kind. */
export function serviceStatus(changes: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    name: "echo",
    kind: "echo",
    addresses: ["127.0.0.1:8007"],
    isSecure: false,
    isProxied: true,
    state: "serving",
    maxConns: 500,
    counters: {
      connections_accepted_total: 100,
      connections_open: 7,
      connections_waiting: 2,
      connections_refused_total: {
        full: 4,
        address: 0,
        descriptors: 0,
        draining: 0,
        abandoned: 1,
        network: 0,
        policy: 0,
        kicked: 0,
        backlog: 0,
      },
      connections_closed_total: { returned: 80, failed: 5, broken: 6, idle: 0, cut: 0, kicked: 0 },
      service_failures_total: 5,
      accept_errors_total: 1,
      read_bytes_total: 1000,
      written_bytes_total: 2000,
    },
    ...changes,
  };
}

/** A worker that has used 2 s of CPU. */
export function workerStatus(number: number, changes: Partial<WorkerStatus> = {}): WorkerStatus {
  return {
    number,
    pid: 4000 + number,
    generation: 2,
    state: "serving",
    connections: 4,
    startedAt: 1_700_000_000_000,
    cpuSeconds: { user: 1.5, system: 0.5 },
    memory: { rss: 100, heapUsed: 40, heapTotal: 60, external: 10 },
    loopDelay: { mean: 0.001, p50: 0.001, p99: 0.004 * number, max: 0.01 },
    loopUtilization: 0.25,
    tasks: 30,
    ...changes,
  };
}
