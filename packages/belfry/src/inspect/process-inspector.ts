import type { Server } from "@belfry/server";
import type {
  ConnectionPage,
  ConnectionQuery,
  CpuProfile,
  HeapProfile,
  ProcessStatus,
  ServiceStatus,
  TaskPage,
} from "./host-view.js";

/** A server of this process, and what it does not know of itself. */
export interface InspectedService {
  readonly kind: string;
  readonly isSecure: boolean;
  readonly isProxied: boolean;
  readonly maxConns: number | null;
  /** One for each address. Their counters are added up. */
  readonly servers: readonly Server[];
}

/**
 * What can be seen of one process: the part of a `HostView` that a worker answers for, and that a host which serves in its
 * own process has at hand. What it returns is plain data that goes over a channel between processes as it is.
 */
export interface ProcessInspector {
  status(): ProcessStatus;
  services(): readonly ServiceStatus[];
  connections(query: ConnectionQuery): ConnectionPage;
  tasks(limit: number): TaskPage;
  cpuProfile(duration: number, signal?: AbortSignal): Promise<CpuProfile>;
  heapProfile(kind: "inuse" | "alloc"): Promise<HeapProfile>;
  /** Writes the snapshot to a new file of mode 0600 in the system's temporary directory; its path. The caller removes it. */
  writeHeapSnapshot(): Promise<string>;
  /** Stops what it measures with. */
  close(): void;
}
