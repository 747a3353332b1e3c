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

/** What runs without a config: the clocks of three cities, echo and reverb, on this machine alone. */
export function defaultServices(): Hosted[] {
  const at = (port: number): Hosted["address"] => ({ host: "127.0.0.1", port });
  return [
    { name: "New York", address: at(8010), service: clock({ timeZone: "America/New_York" }) },
    { name: "Tokyo", address: at(8020), service: clock({ timeZone: "Asia/Tokyo" }) },
    { name: "London", address: at(8030), service: clock({ timeZone: "Europe/London" }) },
    { name: "echo", address: at(8007), service: echo() },
    { name: "reverb", address: at(8000), service: reverb({ idleTimeout: IDLE_TIMEOUT }) },
  ];
}

/** The services and where they are, with a line to type for each. */
export function describeServices(servers: readonly Server[]): string {
  const rows = servers.map(({ name, addr }) => [
    name,
    String(addr),
    `nc ${addr.host} ${addr.port}`,
    `npx belfry netcat ${addr.host} ${addr.port}`,
  ]);
  const table = formatTable(["service", "address", "to see it, type", "or"], rows);
  return `\n${table}\nStop them with Ctrl-C.\n\n`;
}
