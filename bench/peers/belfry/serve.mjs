// Echo as `belfry echo` runs it: a service under `serve`, with its limits, its counters and its idle watch.

import { echo } from "@belfry/reverb";
import { serve } from "@belfry/server";

const server = await serve({ host: "127.0.0.1", port: 0, maxConns: 15_000 }, echo());
console.error(`listening on ${server.addr.toString()}`);
