import type { Server } from "@belfry/server";
import type { ServiceStatus, TaskStatus } from "../../src/inspect/host-view.js";
import type { InspectedService } from "../../src/inspect/process-inspector.js";

/** A service of the servers given. */
export function inspected(...servers: Server[]): InspectedService {
  return { kind: "echo", isSecure: false, isProxied: false, maxConns: null, servers };
}

/** A task with what a test says of it. */
export function task(id: number, name: string, more: Partial<TaskStatus> = {}): TaskStatus {
  return {
    id,
    name,
    group: "group",
    parent: undefined,
    parentGroup: undefined,
    startedAt: 0,
    age: 0,
    waitingFor: undefined,
    worker: 0,
    ...more,
  };
}

const NO_COUNTS = { connections_accepted_total: 0, connections_open: 0, connections_waiting: 0 };

/** The status of a service with some counts. */
export function serviceStatus(name: string, more: Partial<ServiceStatus> = {}, counts: object = {}): ServiceStatus {
  return {
    name,
    kind: "echo",
    addresses: ["127.0.0.1:8000"],
    isSecure: false,
    isProxied: false,
    state: "serving",
    maxConns: null,
    counters: { ...NO_COUNTS, ...counts } as unknown as ServiceStatus["counters"],
    ...more,
  };
}
