import prometheus from "prom-client";
import type { SupervisedStatus } from "../processes.js";
import { HOST_METRICS } from "./host-metrics.js";
import type { Labels, Metric, Reading } from "./metric.js";
import { PROCESS_METRICS } from "./process-metrics.js";
import { SERVICE_METRICS } from "./service-metrics.js";

/** All there are. */
export const METRICS: readonly Metric[] = [...HOST_METRICS, ...SERVICE_METRICS, ...PROCESS_METRICS];

/** The two ways metrics are written. */
export const EXPOSITION_TYPES = {
  text: prometheus.Registry.PROMETHEUS_CONTENT_TYPE,
  openMetrics: prometheus.Registry.OPENMETRICS_CONTENT_TYPE,
} as const;

type Registry = prometheus.Registry<prometheus.RegistryContentType>;

/**
 * Writes metrics as Prometheus reads them. Remembers what counters said: a host that is asked while one of its workers
 * does not answer may count without it, and a counter that falls would be taken for one that began anew.
 */
export class Exposition {
  #counts = new Map<string, number>();

  /** @returns the whole text, in the format asked for. */
  write(status: SupervisedStatus, format: keyof typeof EXPOSITION_TYPES): Promise<string> {
    // A registry of its own for each scrape: labels of what is gone go with it, and formats cannot mix.
    const registry: Registry = new prometheus.Registry();
    registry.setContentType(EXPOSITION_TYPES[format]);
    const counts = new Map<string, number>();
    for (const metric of METRICS) {
      const readings = metric.read(status);
      if (readings.length === 0) continue;
      if (metric.type === "gauge") setGauge(registry, metric, readings);
      else this.#setCounter(registry, metric, readings, counts);
    }
    this.#counts = counts;
    return registry.metrics();
  }

  #setCounter(registry: Registry, metric: Metric, readings: readonly Reading[], counts: Map<string, number>): void {
    const counter = new prometheus.Counter(configure(registry, metric));
    for (const { labels, value } of readings) {
      const key = keyOf(metric, labels);
      const count = Math.max(value, this.#counts.get(key) ?? 0);
      counts.set(key, count);
      counter.inc({ ...labels }, count);
    }
  }
}

function setGauge(registry: Registry, metric: Metric, readings: readonly Reading[]): void {
  const gauge = new prometheus.Gauge(configure(registry, metric));
  for (const { labels, value } of readings) gauge.set({ ...labels }, value);
}

function configure(registry: Registry, { name, help, labels }: Metric): prometheus.CounterConfiguration<string> {
  return { name, help, labelNames: [...labels], registers: [registry] };
}

function keyOf({ name, labels: names }: Metric, labels: Labels): string {
  return JSON.stringify([name, ...names.map((each) => labels[each])]);
}
