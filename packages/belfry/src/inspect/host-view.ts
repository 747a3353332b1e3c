import type { HeapProfiler, Profiler } from "node:inspector";
import type { ConnectionState, ServerCounters, ServerState } from "@belfry/server";
import type { TaskInfo } from "@belfry/sync";

/** Where a service is in its life. One that is `down` is to be served, and no worker does: they load, or wait to be started anew. */
export type ServiceState = ServerState | "down";

/** A service at one moment: of one process, or added up over all workers of a host. */
export interface ServiceStatus {
  readonly name: string;
  /** What serves it: `clock`, `echo`, `reverb`, `ftp`, or the path of a module. */
  readonly kind: string;
  /** Where it listens, as `HOST:PORT` or `unix:PATH`. */
  readonly addresses: readonly string[];
  readonly isSecure: boolean;
  /** Whether connections bring a PROXY protocol header. */
  readonly isProxied: boolean;
  readonly state: ServiceState;
  /** Connections served at a time over all workers; `null` for no limit. */
  readonly maxConns: number | null;
  readonly counters: ServerCounters;
}

/** Seconds the event loop was late by, over the last sample. */
export interface LoopDelay {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** A process at one moment. Memory is bytes, times are seconds. */
export interface ProcessStatus {
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly cpuSeconds: { readonly user: number; readonly system: number };
  readonly memory: {
    readonly rss: number;
    readonly heapUsed: number;
    readonly heapTotal: number;
    readonly external: number;
  };
  readonly loopDelay: LoopDelay;
  /** Share of the time the event loop was busy since the last sample, 0 to 1. */
  readonly loopUtilization: number;
  /** Live tasks of all groups. */
  readonly tasks: number;
}

/** Where a worker is in its life. One that is `stuck` has said nothing for 5 s; what is told of it is what it said last. */
export const WORKER_STATES = ["starting", "serving", "draining", "stuck"] as const;
export type WorkerState = (typeof WORKER_STATES)[number];

/** A worker process at one moment. A host that serves in its own process has one, with number 0. */
export interface WorkerStatus extends ProcessStatus {
  /** Counts up from 1 within the host; a replacement gets a new one. */
  readonly number: number;
  /** Which configuration it runs: counts up from 1 with each reload. */
  readonly generation: number;
  readonly state: WorkerState;
  readonly connections: number;
}

/** How reloads went. */
export interface ReloadStatus {
  readonly succeeded: number;
  readonly failed: number;
  /** Milliseconds since the epoch; `null` before the first. */
  readonly lastAt: number | null;
  /** What was wrong with the last one; `null` when it succeeded. */
  readonly lastError: string | null;
}

/** Everything at a glance. */
export interface HostStatus {
  readonly version: string;
  /** Of the process one talks to: the supervisor, or the only one. */
  readonly pid: number;
  readonly node: string;
  readonly startedAt: number;
  readonly state: "starting" | "serving" | "draining";
  /** Whether a load balancer should send connections here. */
  readonly isReady: boolean;
  readonly generation: number;
  /** The config file, when there is one. */
  readonly config: string | null;
  /** Workers that served and ended unasked, since the host started. */
  readonly crashes: number;
  /** Replacements of such workers that could not start. */
  readonly startFailures: number;
  readonly reloads: ReloadStatus;
  readonly services: readonly ServiceStatus[];
  /** How many workers the configuration asks for; while some are to be replaced, fewer serve. */
  readonly plannedWorkers: number;
  /** When the next worker that has ended is replaced, as milliseconds since the epoch; `null` when none waits for it. */
  readonly nextStartAt: number | null;
  readonly workers: readonly WorkerStatus[];
}

/** What all workers were asked for, put together. */
export interface Gathered {
  /** Numbers of the workers that do not answer: nothing of theirs is in it. Absent when there are none. */
  readonly missing?: readonly number[];
}

/** One connection in a listing. */
export interface ConnectionStatus {
  readonly id: string;
  readonly service: string;
  readonly worker: number;
  readonly localAddr: string;
  readonly remoteAddr: string;
  /** The proxy that has brought it, by the PROXY protocol. */
  readonly proxyAddr?: string | undefined;
  readonly state: ConnectionState;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly bytesQueued: number;
}

/** How a listing of connections may be ordered; the largest first. */
export const CONNECTION_ORDERS = ["age", "read", "written", "queued"] as const;
export type ConnectionOrder = (typeof CONNECTION_ORDERS)[number];

/** Which connections to list. */
export interface ConnectionQuery {
  /** Of this service alone. */
  readonly service?: string | undefined;
  /** Whose id or remote address contains this text. */
  readonly filter?: string | undefined;
  /** Default `"age"`. */
  readonly order?: ConnectionOrder | undefined;
  /** At most so many, 1 to 10,000. Default 1000. */
  readonly limit?: number | undefined;
}

/** A part of the connections. */
export interface ConnectionPage extends Gathered {
  /** How many there are in all that answer to the query. */
  readonly total: number;
  readonly connections: readonly ConnectionStatus[];
}

/** A live task, and where it runs. Ids count within a worker. */
export interface TaskStatus extends TaskInfo {
  readonly worker: number;
}

/** The most tasks of a process that are listed, and how many are unless told otherwise. */
export const MAX_TASKS = 100_000;
export const DEFAULT_TASKS = 10_000;

/** A part of the tasks, oldest first. */
export interface TaskPage extends Gathered {
  readonly total: number;
  readonly tasks: readonly TaskStatus[];
}

/** A profile for each process. */
export interface Profiles<T> extends Gathered {
  readonly profiles: readonly T[];
}

/** What V8 knows of a process's time: the content of a `.cpuprofile`. */
export interface CpuProfile {
  readonly worker: number;
  readonly pid: number;
  /** As `Profiler.stop` of the inspector gives it. */
  readonly profile: Profiler.Profile;
}

/** What V8 knows of who allocated: the content of a `.heapprofile`. */
export interface HeapProfile {
  readonly worker: number;
  readonly pid: number;
  /** Bytes between two samples, on average. */
  readonly sampleInterval: number;
  /** Milliseconds since the epoch: what was allocated before is not in it. */
  readonly since: number;
  /** As `HeapProfiler.getSamplingProfile` of the inspector gives it. */
  readonly profile: HeapProfiler.SamplingHeapProfile;
}

/** What can be seen of running services: of one process (`viewProcess`), or of a host and all its workers. */
export interface HostView {
  status(): Promise<HostStatus>;
  connections(query?: ConnectionQuery): Promise<ConnectionPage>;
  /** @param limit at most so many tasks of each process, 1 to 100,000. Default 10,000. */
  tasks(limit?: number): Promise<TaskPage>;
  /**
   * Where the processes spend their time, a profile for each.
   *
   * @param duration milliseconds to measure, at most 5 minutes.
   * @param signal ends it before its time; then rejects with its reason.
   * @throws {ProfileBusyError} while another one is measured.
   */
  cpuProfile(duration: number, signal?: AbortSignal): Promise<Profiles<CpuProfile>>;
  /**
   * Who allocated the memory in use (`inuse`), or who allocates, in use or not (`alloc`), which takes 5 s to watch; a
   * profile for each process. V8 has one sampler: `inuse` knows what was allocated since the process started or `alloc` was
   * asked last, as `since` says.
   *
   * @throws {ProfileBusyError} while allocations are watched.
   */
  heapProfile(kind: "inuse" | "alloc"): Promise<Profiles<HeapProfile>>;
  /**
   * A snapshot of one process's heap, as `.heapsnapshot` text. It stops that process for as long as it takes.
   *
   * @param worker its number; the first one that answers when absent.
   * @throws {RangeError} when there is no such worker.
   * @throws {NoAnswerError} when it does not answer.
   */
  heapSnapshot(worker?: number): Promise<AsyncIterable<Uint8Array>>;
}

/** What can be done to a running host. */
export interface HostControls {
  /** Loads the configuration anew. Rejects, with everything as it was, when it cannot be used. */
  reload(): Promise<void>;
  /** Begins to go down; resolves once it has begun. The process ends when it is done. */
  drain(): void;
  /**
   * Starts serving nobody new. Holds for workers to come, too, until {@link resume}.
   *
   * @throws {RangeError} naming the service, when there is none of that name.
   */
  suspend(service: string): Promise<void>;
  resume(service: string): Promise<void>;
  /**
   * Resets one connection. Resolves to `false` when there is none with that id.
   *
   * @throws {NoAnswerError} when a process that may have it does not answer.
   */
  kick(connection: string): Promise<boolean>;
}
