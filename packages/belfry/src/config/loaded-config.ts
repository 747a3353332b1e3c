import type { LoadedService } from "./services/build-service.js";
import type { HostPlan } from "./plan/host-plan.js";

/** What there is to tell of a service, besides its plan: plain data. */
export type ServiceRemarks = Pick<LoadedService, "addresses" | "notes" | "warnings">;

/** A configuration that can be served. Nothing of it is held open: what it watches it looks at when it is asked. */
export interface LoadedConfig {
  readonly plan: HostPlan;
  /** In the order of the plan. */
  readonly services: readonly LoadedService[];
  /** Resolves once everything the services write besides to connections (transfer logs) is written. Before the process is ended. */
  written(): Promise<void>;
}

/** Puts them together. */
export function loadedConfig(plan: HostPlan, services: readonly LoadedService[]): LoadedConfig {
  return {
    plan,
    services,
    written: async () => void (await Promise.all(services.map((service) => service.written()))),
  };
}
