import { asMisfit } from "./problems/misfit.js";
import { buildService, type LoadedService, type ServiceParts } from "./services/build-service.js";
import type { HostPlan } from "./plan/host-plan.js";
import type { ListenTarget } from "./schema/listen-target.js";
import { type LoadedConfig, loadedConfig } from "./loaded-config.js";
import { createModuleLoader } from "./modules/module-loader.js";
import type { ServiceSettings } from "./schema/schema.js";
import { failure, type Finding } from "./problems/finding.js";

/** One service as it was checked: the environment is in place, addresses are resolved. */
export interface AcceptedService {
  readonly name: string;
  readonly settings: ServiceSettings;
  readonly listen: readonly ListenTarget[];
}

/** What services are built from: plain data, unless the code of one stands in the config itself. It holds passwords. */
export interface AcceptedServices {
  /** What relative paths are seen from. */
  readonly directory: string;
  /** What errors call the config. */
  readonly shown: string;
  readonly services: readonly AcceptedService[];
}

/** A configuration that was loaded and found good, for other processes to serve. */
export interface AcceptedConfig {
  readonly plan: HostPlan;
  /** `null` when it holds something that only loading the file makes, such as a function: each process loads it again then. */
  readonly accepted: AcceptedServices | null;
}

/**
 * Makes the services of a configuration that another process has accepted, without reading its file.
 *
 * @param around `onLoading` is told of each module, by its path, before it is loaded.
 * @throws {ConfigError} with everything that is wrong by now: a module or a certificate may have changed.
 */
export async function loadAccepted(
  plan: HostPlan,
  accepted: AcceptedServices,
  { onLoading, ...around }: Omit<BuildAround, "loader"> & { readonly onLoading?: ((path: string) => void) | undefined },
): Promise<LoadedConfig> {
  const findings: Finding[] = [];
  const services = await buildServices(accepted, { ...around, loader: createModuleLoader(onLoading) }, findings);
  if (findings.length > 0) throw failure(accepted.shown, findings);
  return loadedConfig(plan, services);
}

type BuildAround = Pick<ServiceParts, "env" | "loader" | "loginCounts">;

/**
 * Builds the services of a configuration from what was accepted of it: modules are loaded, certificates and files of users read; the config
 * itself is not.
 *
 * @param findings gets what cannot be used; those services are left out.
 */
export async function buildServices(
  { directory, shown, services }: AcceptedServices,
  around: BuildAround,
  findings: Finding[],
): Promise<LoadedService[]> {
  const built: LoadedService[] = [];
  for (const each of services) {
    try {
      built.push(await buildService({ ...each, ...around, directory, file: shown }));
    } catch (error) {
      findings.push(asMisfit(["services", each.name], error));
    }
  }
  return built;
}
