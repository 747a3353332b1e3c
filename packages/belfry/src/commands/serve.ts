import { clock } from "@belfry/clock";
import { echo, reverb } from "@belfry/reverb";
import type { Server } from "@belfry/server";
import type { CliCommand } from "../command.js";
import { type Hosted, host } from "../host.js";
import { addHostOptions, type HostOptions } from "../options/server-options.js";
import { formatTable } from "../table.js";

const IDLE_TIMEOUT = 300_000;

/** `belfry serve` */
export const serveCommand: CliCommand<HostOptions> = {
  name: "serve",
  summary: "host several services: three clocks, echo and reverb",
  examples: ["belfry serve", "belfry serve --debug 127.0.0.1:6060"],
  configure: addHostOptions,
  run: ({ options }, io) =>
    host(defaultServices(), options, io, (servers) => io.stdout.write(describeServices(servers))),
};

const CITIES = [
  { name: "New York", port: 8010, timeZone: "America/New_York" },
  { name: "Tokyo", port: 8020, timeZone: "Asia/Tokyo" },
  { name: "London", port: 8030, timeZone: "Europe/London" },
] as const;

/** What runs without a config: the clocks of three cities, echo and reverb, on this machine alone. */
export function defaultServices(): Hosted[] {
  const at = (port: number): Hosted["address"] => ({ host: "127.0.0.1", port });
  return [
    ...CITIES.map(({ name, port, timeZone }) => ({ name, address: at(port), service: clock({ timeZone }) })),
    { name: "echo", address: at(8007), service: echo() },
    { name: "reverb", address: at(8000), service: reverb({ idleTimeout: IDLE_TIMEOUT }) },
  ];
}

/** The services and where they are, with a line to type for each and one for all clocks. */
export function describeServices(servers: readonly Server[]): string {
  const rows = servers.map(({ name, addr }) => [
    name,
    String(addr),
    `nc ${addr.host} ${addr.port}`,
    `npx belfry netcat ${addr.host} ${addr.port}`,
  ]);
  const table = formatTable(["service", "address", "to see it, type", "or"], rows);
  const clocks = servers
    .filter(({ name }) => CITIES.some((city) => city.name === name))
    .map(({ name, addr }) => `${name.replaceAll(" ", "")}=${String(addr)}`);
  return `\n${table}\n  all clocks: npx belfry clockwall ${clocks.join(" ")}\n  Ctrl-C ends them.\n\n`;
}
