import { constants } from "node:os";
import { basename } from "node:path";
import { formatHostPort } from "@belfry/net";
import type { CliCommand } from "../command.js";
import type { ServiceRemarks } from "../config/loaded-config.js";
import type { HostPlan } from "../config/plan/host-plan.js";
import { defaultControlPath } from "../control/control-path.js";
import { EXIT } from "../exit-status.js";
import type { Io } from "../io.js";
import { formatDuration } from "../options/duration.js";
import { print } from "../print.js";
import { inLines } from "../supervisor/in-lines.js";
import type { ReadConfig } from "../supervisor/messages.js";
import { readPlan } from "../supervisor/plan-process.js";
import { formatTable } from "../text/table.js";

interface CheckOptions {
  readonly config?: string;
}

/** `belfry check` */
export const checkCommand: CliCommand<CheckOptions> = {
  name: "check",
  summary: "say what a config file means, or everything that is wrong with it",
  examples: ["belfry check", "belfry check --config deploy/belfry.config.yaml"],
  configure(command) {
    command.option("--config <file>", "the config file (default: belfry.config.* in this directory)");
  },
  async run({ options }, io) {
    const stopped = new AbortController();
    const listeners = SIGNALS.map((signal) => [signal, () => stopped.abort(signal)] as const);
    for (const [signal, listener] of listeners) io.signals.on(signal, listener);
    try {
      const config = await readConfig(options.config ?? null, io, stopped.signal);
      await print(io.stdout, describeConfig(config, defaultControlPath(io.env, process.pid)));
      return EXIT.ok;
    } catch (error) {
      if (stopped.signal.aborted) return 128 + constants.signals[stopped.signal.reason as (typeof SIGNALS)[number]];
      throw inLines(error);
    } finally {
      for (const [signal, listener] of listeners) io.signals.off(signal, listener);
    }
  },
};

/** They end the process that loads, too, which may be in a loop without an end. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The way a host takes: code of the user's that ends its process, or never ends, is told of. */
function readConfig(file: string | null, io: Io, signal: AbortSignal): Promise<ReadConfig> {
  const source = { file, directory: process.cwd(), overrides: {} };
  return readPlan(source, { ...io.env }, { isCheck: true, signal });
}

/**
 * What a host would do with this configuration.
 *
 * @param defaultControl where its control socket is when the configuration says nothing: of another host it is another one.
 */
function describeConfig({ plan, remarks }: ReadConfig, defaultControl: string): string {
  const services = plan.services.map((own, at) => ({ ...own, ...(remarks[at] as ServiceRemarks) }));
  const rows = services.map(({ name, kind, addresses, notes, isProxied }) => {
    const proxied = isProxied ? ["PROXY protocol"] : [];
    return [name, kind, addresses.join(" "), [...notes, ...proxied].join("; ")];
  });
  const warnings = services.flatMap(({ name, warnings: texts }) =>
    texts.map((text) => `  warning: ${name}: ${text}\n`),
  );
  const table = formatTable(["service", "uses", "listens on", "besides"], rows);
  return `${describeFile(plan)}\n\n${table}\n${describeHost(plan, defaultControl)}${warnings.join("")}`;
}

function describeFile({ file, services }: HostPlan): string {
  const count = `${services.length} service${services.length === 1 ? "" : "s"}`;
  return file === null
    ? `no config file here, so the default set: ${count}`
    : `${basename(file)} is all right: ${count}`;
}

function describeHost(plan: HostPlan, defaultControl: string): string {
  const { workers, debug, control, shutdownTimeout, drainDelay } = plan;
  const protection = debug?.token === null ? "" : ", with a token";
  const drain =
    shutdownTimeout === 0 ? "takes as long as it takes" : `takes at most ${formatDuration(shutdownTimeout)}`;
  const rows = [
    ["workers", String(workers)],
    ["debug", debug === null ? "none" : `http://${formatHostPort(debug.host, debug.port)}/${protection}`],
    ["control", control === null ? "none" : control === defaultControl ? "in this user's runtime directory" : control],
    ["drain", drainDelay === 0 ? drain : `begins after ${formatDuration(drainDelay)}, ${drain}`],
  ];
  return rows.map(([name = "", value = ""]) => `  ${name.padEnd(9)}${value}\n`).join("");
}
