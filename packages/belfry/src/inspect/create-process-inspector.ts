import type { Server } from "@belfry/server";
import { countTasks, liveTasks, type TaskInfo } from "@belfry/sync";
import { addCounters, joinStates } from "./add-services.js";
import { measureCpu } from "./cpu-profiler.js";
import { HEAP_SAMPLE_INTERVAL, type HeapSampler, startHeapSampler } from "./heap-sampler.js";
import { writeHeapSnapshot } from "./heap-snapshot.js";
import { MAX_TASKS, type ProcessStatus, type ServiceStatus, type TaskPage, type TaskStatus } from "./host-view.js";
import { listConnections } from "./list-connections.js";
import { type LoopWatch, watchLoop } from "./loop-watch.js";
import type { InspectedService, ProcessInspector } from "./process-inspector.js";
import { withoutControls } from "../text/without-controls.js";
import { readUse } from "./process-use.js";

/** Options of {@link createProcessInspector}. */
export interface InspectorOptions {
  /** This process's number among the workers; 0 for a host that serves in its own process. */
  readonly worker: number;
  /** Asked each time, for services may come and go. */
  readonly services: () => readonly InspectedService[];
  /** Whether memory is sampled from now on, for heap profiles. */
  readonly isInspected: boolean;
}

/** Starts to watch this process: its event loop, and its memory when it is inspected. Close it in the end. */
export function createProcessInspector({ worker, services, isInspected }: InspectorOptions): ProcessInspector {
  const loop = watchLoop();
  const { pid } = process;
  let sampler: HeapSampler | null = isInspected ? startHeapSampler() : null;
  return {
    status: () => readStatus(loop),
    services: () => services().map(describeService),
    connections: (query) => listConnections(services().flatMap(serversOf), worker, query),
    tasks: (limit) => listTasks(worker, limit),
    cpuProfile: async (duration, signal) => ({ worker, pid, profile: await measureCpu(duration, signal) }),
    heapProfile: async (kind) => {
      sampler ??= startHeapSampler();
      return { worker, pid, sampleInterval: HEAP_SAMPLE_INTERVAL, ...(await sampler[kind]()) };
    },
    writeHeapSnapshot,
    close: () => {
      loop.stop();
      sampler?.close();
    },
  };
}

function serversOf(service: InspectedService): readonly Server[] {
  return service.servers;
}

function readStatus(loop: LoopWatch): ProcessStatus {
  const { delay, utilization } = loop.sample;
  return {
    pid: process.pid,
    startedAt: Math.round(performance.timeOrigin),
    ...readUse(),
    loopDelay: delay,
    loopUtilization: utilization,
    tasks: countTasks(),
  };
}

function describeService(service: InspectedService): ServiceStatus {
  const { kind, isSecure, isProxied, maxConns, servers } = service;
  const [first, ...others] = servers;
  if (first === undefined) throw new RangeError(`Cannot inspect service of kind "${kind}": it has no server`);
  return {
    name: first.name,
    kind,
    addresses: servers.map((server) => String(server.addr)),
    isSecure,
    isProxied,
    state: joinStates(servers.map((server) => server.state)),
    maxConns,
    counters: addCounters([first.counters, ...others.map((server) => server.counters)]),
  };
}

function listTasks(worker: number, limit: number): TaskPage {
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= MAX_TASKS)) {
    throw new RangeError(`Cannot list ${limit} tasks: expected a whole number of 1 to ${MAX_TASKS}`);
  }
  return { total: countTasks(), tasks: liveTasks(limit).map((task) => describeTask(task, worker)) };
}

/** Names may have been made of what clients sent, and paths of Unix sockets are what their proxy says. */
function describeTask(task: TaskInfo, worker: number): TaskStatus {
  const { name, group, parentGroup, waitingFor } = task;
  return {
    ...task,
    worker,
    name: withoutControls(name),
    group: withoutControls(group),
    parentGroup: parentGroup && withoutControls(parentGroup),
    waitingFor: waitingFor && withoutControls(waitingFor),
  };
}
