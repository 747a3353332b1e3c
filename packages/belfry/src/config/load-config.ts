import type { LoginCounts } from "@belfry/ftp";
import { basename, dirname, resolve } from "node:path";
import { type AcceptedConfig, type AcceptedService, type AcceptedServices, buildServices } from "./accepted-config.js";
import { failure, type Finding } from "./problems/finding.js";
import { checkConfig, type CheckedConfig } from "./schema/check-config.js";
import { DEFAULT_CONFIG } from "./source/default-config.js";
import { findConfigFile } from "./source/find-config-file.js";
import type { ConfigSource, PlanOverrides } from "./source/config-source.js";
import { type LoadedConfig, loadedConfig } from "./loaded-config.js";
import { createModuleLoader } from "./modules/module-loader.js";
import { plainCopy } from "./plain-copy.js";
import { planHost } from "./plan/plan-host.js";
import { readConfigFile } from "./source/read-config-file.js";
import { type ResolveAround, resolveTargets } from "./plan/resolve-targets.js";
import { type Environment, substitute } from "./source/substitute.js";

/** Who loads, where it is not the host itself. */
export interface LoadOptions {
  /**
   * The process that a service manager's descriptors were passed to. Default: this one; for a child with a channel to its parent (a worker) the
   * parent.
   */
  readonly hostPid?: number | undefined;
  /** Descriptors that nobody has passed are 0, in place of an error: the file is to be checked, and not to be served. Default `false`. */
  readonly isCheck?: boolean | undefined;
  /** Told of each module, by its path, before it is loaded: one may take for ever. */
  readonly onLoading?: ((path: string) => void) | undefined;
  /** Where services of FTP count their logins. Default: in this process. */
  readonly loginCounts?: ((service: string) => LoginCounts) | undefined;
}

/** What was loaded here, and what others need to serve it. */
export type FoundConfig = LoadedConfig & AcceptedConfig;

/**
 * Finds, reads and checks a configuration, and makes its services: modules are loaded, certificates read. It does not listen. Modules and
 * certificates are those of now, but a process loads the code of a module once.
 *
 * @throws {ConfigError} with everything that is wrong.
 */
export async function loadConfig(
  source: ConfigSource,
  env: Environment,
  options: LoadOptions = {},
): Promise<FoundConfig> {
  const { hostPid = process.connected ? process.ppid : process.pid, isCheck = false, onLoading, loginCounts } = options;
  const file = findConfigFile(source);
  const shown = source.file ?? (file === null ? "the default set" : basename(file));
  const directory = file === null ? resolve(source.directory) : dirname(file);
  const loader = createModuleLoader(onLoading);
  const raw = file === null ? DEFAULT_CONFIG : await readConfigFile(file, shown, loader);
  const findings: Finding[] = [];
  const config = checkConfig(substitute(raw, env, findings), findings);
  const { overrides } = source;
  const listed = listServices(config, { overrides, directory, env, hostPid, isCheck }, findings);
  const accepted = plainCopy<AcceptedServices>({ directory, shown, services: listed });
  // Built from the very copy that others get, where there is one.
  const services = await buildServices(
    accepted ?? { directory, shown, services: listed },
    { env, loader, loginCounts },
    findings,
  );
  const plans = services.map(({ plan }) => plan);
  const { host } = config;
  const plan = host && planHost({ host, services: plans, overrides, file, directory, env, hostPid }, findings);
  if (plan === null || findings.length > 0) throw failure(shown, findings);
  return { ...loadedConfig(plan, services), accepted };
}

interface Around extends ResolveAround {
  readonly overrides: PlanOverrides;
}

function listServices(config: CheckedConfig, around: Around, findings: Finding[]): AcceptedService[] {
  const { maxConns } = around.overrides;
  const targets = resolveTargets(config, around, findings);
  return Array.from(config.services, ([name, checked]) => ({
    name,
    settings: maxConns === undefined ? checked : { ...checked, maxConns },
    listen: targets.get(name) ?? [],
  }));
}
