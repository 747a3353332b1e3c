import type { ServiceStatus } from "../../inspect/host-view.js";
import type { Metric, Reading } from "./metric.js";

/** Of each service, over all workers. What is counted is what servers count, under the same names. */
export const SERVICE_METRICS: readonly Metric[] = [
  {
    name: "belfry_service_info",
    type: "gauge",
    help: "Always 1; what serves, and whether its connections bring TLS or a PROXY protocol header",
    labels: ["service", "kind", "tls", "proxy"],
    read: ({ services }) => {
      return services.map(({ name, kind, isSecure, isProxied }) => {
        return { labels: { service: name, kind, tls: String(isSecure), proxy: String(isProxied) }, value: 1 };
      });
    },
  },
  gauge(
    "service_serving",
    "1 while connections are served, 0 while the service is suspended, down (no worker serves it) or goes down",
    (service) => {
      return Number(service.state === "serving");
    },
  ),
  gauge("connections_open", "Connections whose service is under way", ({ counters }) => counters.connections_open),
  gauge("connections_waiting", "Connections in the waiting room", ({ counters }) => counters.connections_waiting),
  gauge(
    "connections_limit",
    "Connections served at a time at most; absent without a limit",
    ({ maxConns }) => maxConns,
  ),
  counter("connections_accepted_total", "Connections accepted, served or not", ({ counters }) => {
    return counters.connections_accepted_total;
  }),
  counterByReason("connections_refused_total", "Connections turned away unserved, by why", ({ counters }) => {
    return counters.connections_refused_total;
  }),
  counterByReason("connections_closed_total", "Connections that are over, by what ended them", ({ counters }) => {
    return counters.connections_closed_total;
  }),
  counter("service_failures_total", "Errors of services and their tasks", ({ counters }) => {
    return counters.service_failures_total;
  }),
  counter("accept_errors_total", "Failed accepts", ({ counters }) => counters.accept_errors_total),
  counter("read_bytes_total", "Bytes that have come from peers", ({ counters }) => counters.read_bytes_total),
  counter("written_bytes_total", "Bytes handed over to be sent to peers", ({ counters }) => {
    return counters.written_bytes_total;
  }),
];

function gauge(name: string, help: string, read: (service: ServiceStatus) => number | null): Metric {
  return { name: `belfry_${name}`, type: "gauge", help, labels: ["service"], read: perService(read) };
}

function counter(name: string, help: string, read: (service: ServiceStatus) => number): Metric {
  return { name: `belfry_${name}`, type: "counter", help, labels: ["service"], read: perService(read) };
}

function perService(read: (service: ServiceStatus) => number | null): Metric["read"] {
  return ({ services }) => {
    return services.flatMap((service): Reading[] => {
      const value = read(service);
      return value === null ? [] : [{ labels: { service: service.name }, value }];
    });
  };
}

function counterByReason(
  name: string,
  help: string,
  read: (service: ServiceStatus) => Readonly<Record<string, number>>,
): Metric {
  return {
    name: `belfry_${name}`,
    type: "counter",
    help,
    labels: ["service", "reason"],
    read: ({ services }) => {
      return services.flatMap((service) => {
        return Object.entries(read(service)).map(([reason, value]) => {
          return { labels: { service: service.name, reason }, value };
        });
      });
    },
  };
}
