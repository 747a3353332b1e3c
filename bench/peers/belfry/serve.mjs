// "echo" and "clock" as the belfry command runs them: services under `serve`, with its limits and counters.

import { clock } from "@belfry/clock";
import { echo } from "@belfry/reverb";
import { serve } from "@belfry/server";

const services = { echo, clock };
const make = services[/** @type {keyof typeof services} */ (process.argv[2])];
// The default serves 10,000 at once: as many as are measured, but for the one before them.
const server = await serve({ port: 0, maxConns: 15_000, backlog: 4096 }, make());
console.error(`listening on ${server.addr.toString()}`);
