// Each line comes back three times, ever more quietly. Lines overlap, and the last echo is heard before the end.
//   npx tsx examples/reverb.ts 127.0.0.1:8000

import { setTimeout as sleep } from "node:timers/promises";
import { type Conn, lines, parseAddress } from "@belfry/net";
import { serve, type ServiceContext, withSignals } from "@belfry/server";

const DELAY = Number(process.argv[3] ?? 1000);

const server = await serve({ ...parseAddress(process.argv[2] ?? "127.0.0.1:8000") }, reverb);
console.error(`listening on ${String(server.addr)}`);
await withSignals(server, { onFinished: () => console.error("all done") });

async function reverb(conn: Conn, { draining, group }: ServiceContext): Promise<void> {
  draining.addEventListener("abort", () => void conn.closeRead());
  for await (const line of lines(conn)) {
    await group.go((signal) => echo(conn, line, signal));
  }
  // The server waits for the group, then closes the connection.
}

async function echo(conn: Conn, line: string, signal: AbortSignal): Promise<void> {
  await conn.write(`\t ${line.toUpperCase()}\n`);
  await sleep(DELAY, undefined, { signal });
  await conn.write(`\t ${line}\n`);
  await sleep(DELAY, undefined, { signal });
  await conn.write(`\t ${line.toLowerCase()}\n`);
}
