import type { WorkerStatus } from "../../inspect/host-view.js";
import { allProcesses, type HostProcess } from "../processes.js";
import type { Metric } from "./metric.js";

/**
 * Of each process. Where OpenTelemetry has a name for it, that is the name, as Prometheus writes it: dots as `_`, then
 * the unit, `ratio` for a share, and `total` for a counter.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/runtime/nodejs-metrics/
 * @see https://opentelemetry.io/docs/specs/semconv/system/process-metrics/
 */
export const PROCESS_METRICS: readonly Metric[] = [
  {
    name: "process_cpu_time_seconds_total",
    type: "counter",
    help: "CPU time the process has used, by mode",
    labels: ["worker", "cpu_mode"],
    read: (status) => {
      return allProcesses(status).flatMap(({ worker, cpuSeconds }) => [
        { labels: { worker, cpu_mode: "user" }, value: cpuSeconds.user },
        { labels: { worker, cpu_mode: "system" }, value: cpuSeconds.system },
      ]);
    },
  },
  ofProcesses("process_memory_usage_bytes", "Physical memory the process uses", ({ memory }) => memory.rss),
  ofProcesses("process_uptime_seconds", "How long the process has been running", ({ startedAt }) => {
    return Math.max(Date.now() - startedAt, 0) / 1000;
  }),
  ofProcesses("v8js_memory_heap_used_bytes", "Heap in use, over all spaces", ({ memory }) => memory.heapUsed),
  ofProcesses(
    "v8js_memory_heap_limit_bytes",
    "Heap allocated so far, over all spaces",
    ({ memory }) => memory.heapTotal,
  ),
  ofProcesses(
    "belfry_process_external_bytes",
    "Memory of buffers outside of the heap",
    ({ memory }) => memory.external,
  ),
  ofWorkers("nodejs_eventloop_delay_mean_seconds", "How late the event loop was, on average", ({ loopDelay }) => {
    return loopDelay.mean;
  }),
  ofWorkers("nodejs_eventloop_delay_p50_seconds", "How late the event loop was, half of the time", ({ loopDelay }) => {
    return loopDelay.p50;
  }),
  ofWorkers("nodejs_eventloop_delay_p99_seconds", "How late the event loop was, 99 % of the time", ({ loopDelay }) => {
    return loopDelay.p99;
  }),
  ofWorkers(
    "nodejs_eventloop_delay_max_seconds",
    "How late the event loop was at most",
    ({ loopDelay }) => loopDelay.max,
  ),
  ofWorkers(
    "nodejs_eventloop_utilization_ratio",
    "Share of the time the event loop was busy",
    ({ loopUtilization }) => {
      return loopUtilization;
    },
  ),
  ofWorkers("belfry_worker_connections", "Connections the worker serves", ({ connections }) => connections),
  ofWorkers("belfry_worker_tasks", "Live tasks in the worker", ({ tasks }) => tasks),
  ofWorkers("belfry_worker_generation", "Which configuration the worker runs", ({ generation }) => generation),
];

function ofProcesses(name: string, help: string, read: (process: HostProcess) => number): Metric {
  return {
    name,
    type: "gauge",
    help,
    labels: ["worker"],
    read: (status) => allProcesses(status).map((each) => ({ labels: { worker: each.worker }, value: read(each) })),
  };
}

function ofWorkers(name: string, help: string, read: (worker: WorkerStatus) => number): Metric {
  return {
    name,
    type: "gauge",
    help,
    labels: ["worker"],
    read: ({ workers }) => workers.map((each) => ({ labels: { worker: String(each.number) }, value: read(each) })),
  };
}
