import { countConnections } from "./add-services.js";
import { readHeapSnapshot } from "./heap-snapshot.js";
import { DEFAULT_TASKS, type HostStatus, type HostView, type ReloadStatus } from "./host-view.js";
import type { ProcessInspector } from "./process-inspector.js";

/** What an inspector does not know of the host that serves in its own process. */
export interface ProcessHost {
  /** Belfry's. */
  readonly version: string;
  /** The config file, when there is one. */
  readonly config: string | null;
  readonly state: () => HostStatus["state"];
  /** Whether a load balancer should send connections here. */
  readonly isReady: () => boolean;
}

const NO_RELOADS: ReloadStatus = { succeeded: 0, failed: 0, lastAt: null, lastError: null };

/** The view of a host that serves in its own process: one worker, with number 0, and no reloads. */
export function viewProcess(inspector: ProcessInspector, host: ProcessHost): HostView {
  return {
    status: () => Promise.resolve(describe(inspector, host)),
    connections: async (query = {}) => inspector.connections(query),
    tasks: async (limit = DEFAULT_TASKS) => inspector.tasks(limit),
    cpuProfile: async (duration, signal) => ({ profiles: [await inspector.cpuProfile(duration, signal)] }),
    heapProfile: async (kind) => ({ profiles: [await inspector.heapProfile(kind)] }),
    heapSnapshot: async (worker = 0) => {
      if (worker !== 0) throw new RangeError(`Cannot take a snapshot of worker ${worker}: there is only 0`);
      return readHeapSnapshot(await inspector.writeHeapSnapshot());
    },
  };
}

function describe(inspector: ProcessInspector, { version, config, state, isReady }: ProcessHost): HostStatus {
  const status = inspector.status();
  const services = inspector.services();
  const now = state();
  const connections = countConnections(services);
  return {
    version,
    pid: status.pid,
    node: process.version,
    startedAt: status.startedAt,
    state: now,
    isReady: isReady(),
    generation: 1,
    config,
    crashes: 0,
    startFailures: 0,
    reloads: NO_RELOADS,
    services,
    plannedWorkers: 1,
    nextStartAt: null,
    workers: [{ ...status, number: 0, generation: 1, state: now, connections }],
  };
}
