import { type HostStatus, WORKER_STATES } from "../../inspect/host-view.js";
import { type Metric, single } from "./metric.js";

/** Of the host as a whole. */
export const HOST_METRICS: readonly Metric[] = [
  {
    name: "belfry_build_info",
    type: "gauge",
    help: "Always 1; which version runs, on which Node.js",
    labels: ["version", "node"],
    read: ({ version, node }) => [{ labels: { version, node }, value: 1 }],
  },
  gauge("belfry_start_time_seconds", "When the host started, in seconds since the epoch", ({ startedAt }) => {
    return startedAt / 1000;
  }),
  gauge("belfry_ready", "1 while a load balancer should send connections here, else 0", ({ isReady }) => isReady),
  gauge("belfry_config_generation", "Which configuration runs: counts up from 1 with each reload", ({ generation }) => {
    return generation;
  }),
  {
    name: "belfry_reloads_total",
    type: "counter",
    help: "Reloads of the configuration, by what came of them",
    labels: ["result"],
    read: ({ reloads }) => [
      { labels: { result: "succeeded" }, value: reloads.succeeded },
      { labels: { result: "failed" }, value: reloads.failed },
    ],
  },
  gauge("belfry_last_reload_successful", "1 when the last reload succeeded, 0 when it failed", ({ reloads }) => {
    return reloads.lastAt === null ? null : reloads.lastError === null;
  }),
  gauge(
    "belfry_last_reload_timestamp_seconds",
    "When the last reload was, in seconds since the epoch",
    ({ reloads }) => {
      return reloads.lastAt === null ? null : reloads.lastAt / 1000;
    },
  ),
  {
    name: "belfry_worker_crashes_total",
    type: "counter",
    help: "Workers that served and ended unasked",
    labels: [],
    read: ({ crashes }) => single(crashes),
  },
  {
    name: "belfry_worker_start_failures_total",
    type: "counter",
    help: "Replacements of workers that could not start",
    labels: [],
    read: ({ startFailures }) => single(startFailures),
  },
  {
    name: "belfry_workers",
    type: "gauge",
    help: "Worker processes, by where they are in their lives",
    labels: ["state"],
    read: ({ workers }) => {
      return WORKER_STATES.map((state) => {
        return { labels: { state }, value: workers.filter((worker) => worker.state === state).length };
      });
    },
  },
];

function gauge(name: string, help: string, read: (status: HostStatus) => number | boolean | null): Metric {
  return { name, type: "gauge", help, labels: [], read: (status) => single(read(status)) };
}
