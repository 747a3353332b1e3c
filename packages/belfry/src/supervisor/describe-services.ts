import type { ServerCounters } from "@belfry/server";
import type { HostPlan, ServicePlan } from "../config/plan/host-plan.js";
import { addServices } from "../inspect/add-services.js";
import type { ServiceState, ServiceStatus } from "../inspect/host-view.js";
import { addressesOf } from "./addresses-of.js";
import type { Generations } from "./generations.js";
import type { WorkerProcess } from "./worker-process.js";

const NOTHING: ServerCounters = {
  connections_accepted_total: 0,
  connections_open: 0,
  connections_waiting: 0,
  connections_refused_total: {
    full: 0,
    network: 0,
    address: 0,
    policy: 0,
    descriptors: 0,
    draining: 0,
    abandoned: 0,
    kicked: 0,
    backlog: 0,
  },
  connections_closed_total: { returned: 0, failed: 0, broken: 0, idle: 0, kicked: 0, cut: 0 },
  service_failures_total: 0,
  accept_errors_total: 0,
  read_bytes_total: 0,
  written_bytes_total: 0,
};

/**
 * The services of the host, in the order of its plan, added up over all workers that are and were; those that only old
 * workers still serve come behind.
 */
export function describeServices(plan: HostPlan, generations: Generations): ServiceStatus[] {
  const planned = plan.services.map((service) => describePlanned(service, generations));
  const told = generations.workers.map(describeTold);
  const names = new Set([...planned, ...told.flat()].map(({ name }) => name));
  const departed = generations.staff.departed.filter(({ name }) => names.has(name));
  // What is no count is the last one's word: that of the plan.
  return addServices([planned, departed, ...told, planned]);
}

/** As the worker last told; one that was told to accept no more may not have heard it, or cannot say so. */
function describeTold({ snapshot, state }: WorkerProcess): readonly ServiceStatus[] {
  const services = snapshot?.services ?? [];
  return state === "draining" ? services.map((service) => ({ ...service, addresses: [], state })) : services;
}

function describePlanned(service: ServicePlan, { addresses, suspended, isDraining }: Generations): ServiceStatus {
  const { name, kind, isSecure, isProxied, maxConns } = service;
  // Whoever serves it has a better one.
  const state: ServiceState = isDraining ? "finished" : suspended.has(name) ? "suspended" : "down";
  return {
    name,
    kind,
    addresses: addressesOf(addresses, name),
    isSecure,
    isProxied,
    state,
    maxConns,
    counters: NOTHING,
  };
}
