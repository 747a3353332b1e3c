// "echo" and "clock" as the belfry command runs them: services under `serve`, with its limits and counters. Then, if wanted,
// what is known of their tasks: "listed" as with --debug, or "followed" across their awaits too.

import { clock } from "@belfry/clock";
import { echo } from "@belfry/reverb";
import { serve } from "@belfry/server";
import { traceWaits } from "@belfry/sync";

const services = { echo, clock };
const make = services[/** @type {keyof typeof services} */ (process.argv[2])];
const tracking = process.argv[3];
if (tracking === "followed") traceWaits(true);
// The default serves 10,000 at once: as many as are measured, but for the one before them.
const limits = { maxConns: 15_000, backlog: 4096, listTasks: tracking !== undefined };
const server = await serve({ port: 0, ...limits }, make());
console.error(`listening on ${server.addr.toString()}`);
