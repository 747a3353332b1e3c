import type { Command } from "commander";
import type { CliCommand } from "../command.js";
import type { ConfigSource } from "../config/source/config-source.js";
import type { ServicePlan } from "../config/plan/host-plan.js";
import type { Io } from "../io.js";
import { findToken } from "../options/debug-target.js";
import { option } from "../options/option.js";
import { addHostOptions, type HostOptions } from "../options/server-options.js";
import { wholeNumber } from "../options/whole-number.js";
import { addressesOf } from "../supervisor/addresses-of.js";
import { type RunningHost, supervise } from "../supervisor/supervise.js";
import { formatTable } from "../text/table.js";

/** What is typed goes before what the file says; what is not typed leaves it. */
interface ServeCommandOptions extends Partial<HostOptions> {
  readonly config?: string;
  readonly control?: string;
  readonly workers?: number | "auto";
}

/** `belfry serve` */
export const serveCommand: CliCommand<ServeCommandOptions> = {
  name: "serve",
  summary: "host the services of a config file; without one three clocks, echo, reverb and FTP",
  examples: [
    "belfry serve",
    "belfry serve --config belfry.config.ts --workers auto",
    "belfry serve --debug 127.0.0.1:6060       # a dashboard, profiles and metrics",
    "belfry reload                             # load the file anew; no connection is dropped",
  ],
  configure(command) {
    command
      .option("--config <file>", "the config file (default: belfry.config.* here, else the default set)")
      .addOption(option("--workers <number>", "processes that serve, or auto for one a core", parseWorkers))
      .option("--control <path>", "where the control socket is (default: in the user's runtime directory)");
    addHostOptions(command);
    for (const name of ["shutdownTimeout", "logFormat", "logLevel"]) leaveToFile(command, name);
  },
  run: ({ options }, io) => supervise(sourceOf(options, io), io, (host) => io.stdout.write(describeHost(host))),
};

/** Its default, which help shows, is that of the file as well. */
function leaveToFile(command: Command, name: string): void {
  command.setOptionValueWithSource(name, undefined, "default");
}

function parseWorkers(text: string): number | "auto" {
  if (text === "auto") return text;
  try {
    return wholeNumber(1)(text);
  } catch (cause) {
    throw new RangeError("expected a whole number of at least 1, or auto", { cause });
  }
}

function sourceOf(options: ServeCommandOptions, io: Io): ConfigSource {
  const { config, control, debug, logFormat, logLevel, maxConns, shutdownTimeout, workers } = options;
  const debugToken = findToken(options, io.env) ?? undefined;
  return {
    file: config ?? null,
    directory: process.cwd(),
    overrides: { control, debug, debugToken, logFormat, logLevel, maxConns, shutdownTimeout, workers },
  };
}

/** The services and where they are, with a line to type for each and one for all clocks, and the pages to look at. */
export function describeHost({ plan, addresses, debugAddr }: RunningHost): string {
  const rows = plan.services.flatMap((service) =>
    addressesOf(addresses, service.name).map((address) => [service.name, address, ...linesToType(service, address)]),
  );
  const table = formatTable(["service", "address", "to see it, type", "or"], rows);
  const clocks = plan.services
    .filter(({ kind, isSecure, isProxied }) => kind === "clock" && !isSecure && !isProxied)
    .map(({ name }) => `${name.replaceAll(" ", "")}=${addressesOf(addresses, name)[0]}`);
  const wall = clocks.length === 0 ? "" : `  all clocks: npx belfry clockwall ${clocks.join(" ")}\n`;
  const pages =
    debugAddr === null ? "" : `  dashboard:  http://${debugAddr}/\n  clock wall: http://${debugAddr}/wall\n`;
  return `\n${table}\n${wall}${pages}  Ctrl-C ends them.\n\n`;
}

/** Under TLS whichever certificate is taken: those of a first try are self-signed, or of another name than the address. */
function linesToType(service: ServicePlan, address: string): [string, string] {
  const { kind, isSecure, isProxied } = service;
  // Nothing to type speaks the PROXY protocol: what dials without a header is reset.
  if (isProxied) return ["(through its proxy)", ""];
  const path = /^unix:(.*)$/s.exec(address)?.[1];
  if (path !== undefined) {
    if (isSecure) return [`openssl s_client -quiet -unix ${path}`, `npx belfry netcat --tls-insecure -U ${path}`];
    return [`nc -U ${path}`, `npx belfry netcat -U ${path}`];
  }
  if (kind === "ftp") return ftpLines(service, address);
  const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(address) ?? [];
  const bare = host.replaceAll(/[[\]]/g, "");
  if (!isSecure) return [`nc ${bare} ${port}`, `npx belfry netcat ${bare} ${port}`];
  return [`openssl s_client -quiet -connect ${address}`, `npx belfry netcat --tls-insecure ${bare} ${port}`];
}

function ftpLines({ isSecure, wantsName }: ServicePlan, address: string): [string, string] {
  const curl = `curl ${isSecure ? "--ssl-reqd -k " : ""}${wantsName ? "-u NAME " : ""}ftp://${address}/`;
  return [curl, `npx belfry ftp ${isSecure ? "--tls --insecure " : ""}${wantsName ? "NAME@" : ""}${address}`];
}
