import type { ServerCounters } from "@belfry/server";
import type { ServiceState, ServiceStatus } from "./host-view.js";

/**
 * Which state counts where servers of one service differ: somebody serves as long as one of them does, and that nobody new
 * is served says more than that old connections go on.
 */
const STATES: readonly ServiceState[] = ["serving", "suspended", "down", "draining", "finished"];

/**
 * Adds up what several processes tell of the same services, in the order in which they are first named. What is no count
 * is the last one's word.
 */
export function addServices(lists: readonly (readonly ServiceStatus[])[]): ServiceStatus[] {
  const sums = new Map<string, ServiceStatus>();
  for (const service of lists.flat()) {
    const sum = sums.get(service.name);
    sums.set(service.name, sum === undefined ? service : addService(sum, service));
  }
  return [...sums.values()];
}

/** The state of something that consists of several; `"finished"` of nothing. */
export function joinStates(states: readonly ServiceState[]): ServiceState {
  return STATES.find((state) => states.includes(state)) ?? "finished";
}

/** Adds up all counts, also those of a label. @param counters at least one. */
export function addCounters(counters: readonly [ServerCounters, ...ServerCounters[]]): ServerCounters {
  return counters.reduce((sum, each) => addRecords(sum as never, each as never) as unknown as ServerCounters);
}

/** Connections that are served, of all services together. */
export function countConnections(services: readonly ServiceStatus[]): number {
  return services.reduce((sum, { counters }) => sum + counters.connections_open, 0);
}

function addService(sum: ServiceStatus, service: ServiceStatus): ServiceStatus {
  return {
    ...service,
    addresses: [...new Set([...sum.addresses, ...service.addresses])],
    state: joinStates([sum.state, service.state]),
    counters: addCounters([sum.counters, service.counters]),
  };
}

type Counts = { readonly [name: string]: number | Counts };

function addRecords(a: Counts, b: Counts): Counts {
  const sum: Record<string, number | Counts> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const other = a[name];
    if (typeof value === "number") sum[name] = value + (typeof other === "number" ? other : 0);
    else sum[name] = typeof other === "object" ? addRecords(other, value) : value;
  }
  return sum;
}
