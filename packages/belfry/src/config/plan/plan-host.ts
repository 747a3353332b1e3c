import { availableParallelism } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { formatHostPort } from "@belfry/net";
import { defaultControlPath } from "../../control/control-path.js";
import { isLoopbackHost } from "../../loopback.js";
import type { DebugTarget } from "../../options/debug-target.js";
import type { HostPlan, ServicePlan } from "./host-plan.js";
import type { PlanOverrides } from "../source/config-source.js";
import type { HostSettings } from "../schema/schema.js";
import type { Environment } from "../source/substitute.js";
import type { Finding } from "../problems/finding.js";

const DEFAULT_SHUTDOWN_TIMEOUT = 10_000;
const DEFAULT_RELOAD_GRACE = 60_000;

/** What a plan is made from. */
export interface PlanParts {
  readonly host: HostSettings;
  readonly services: readonly ServicePlan[];
  readonly overrides: PlanOverrides;
  /** The config file, if there is one, and what relative paths are seen from. */
  readonly file: string | null;
  readonly directory: string;
  readonly env: Environment;
  readonly hostPid: number;
}

/**
 * The plan of a host: what the command line says goes before what the file says.
 *
 * @param findings gets what does not go together.
 */
export function planHost(parts: PlanParts, findings: Finding[]): HostPlan {
  const { host, services, overrides, file } = parts;
  const { workers = 1, log = {}, shutdownTimeout = DEFAULT_SHUTDOWN_TIMEOUT, drainDelay = 0 } = host;
  const { reloadGrace = DEFAULT_RELOAD_GRACE } = host;
  return {
    file,
    workers: countWorkers(overrides.workers ?? workers),
    services,
    debug: planDebug(parts, findings),
    control: planControl(parts),
    logFormat: overrides.logFormat ?? log.format ?? "text",
    logLevel: overrides.logLevel ?? log.level ?? "info",
    shutdownTimeout: overrides.shutdownTimeout ?? shutdownTimeout,
    drainDelay,
    reloadGrace,
  };
}

function countWorkers(workers: number | "auto"): number {
  return workers === "auto" ? availableParallelism() : workers;
}

function planDebug({ host, overrides }: PlanParts, findings: Finding[]): DebugTarget | null {
  const { debug } = host;
  const given = debug !== undefined && "host" in debug ? { listen: debug } : debug;
  const address = overrides.debug ?? given?.listen;
  if (address === undefined) return null;
  const token = overrides.debugToken ?? given?.token ?? null;
  if (token === null && !isLoopbackHost(address.host)) {
    const shown = JSON.stringify(formatHostPort(address.host, address.port));
    // Who has typed it looks for the mistake there, and not in the file.
    const [where, expected] =
      overrides.debug === undefined
        ? [shown, "a token"]
        : [`${shown} of --debug`, "a token by --debug-token or BELFRY_DEBUG_TOKEN"];
    const why = `it shows who is connected to whoever asks: expected ${expected}, or a loopback address such as 127.0.0.1:6060`;
    findings.push({ path: ["debug"], text: `${where}: ${why}` });
  }
  return { host: address.host, port: address.port, token };
}

function planControl({ host, overrides, directory, env, hostPid }: PlanParts): string | null {
  if (overrides.control !== undefined) return resolve(overrides.control);
  const { control } = host;
  if (control === false) return null;
  if (control === undefined) return defaultControlPath(env, hostPid);
  return isAbsolute(control) ? control : resolve(directory, control);
}
