// One task reads, another writes, a bounded outbox lies between them, and they end together: when the client has ended
// its half or the server is told to quit, the reader closes the outbox, and the writer sends what is left in it.
//   npx tsx examples/read-write-split.ts 127.0.0.1:8000

import { once } from "node:events";
import { type Conn, lines, parseAddress } from "@belfry/net";
import { serve, type ServiceContext } from "@belfry/server";
import { Channel, Group } from "@belfry/sync";

const server = await serve({ ...parseAddress(process.argv[2] ?? "127.0.0.1:8000") }, handle);
console.error(`listening on ${String(server.addr)}`);
await once(process, "SIGTERM");
console.error("recv quit signal");
await server.shutdown();
console.error("all done");

async function handle(conn: Conn, { draining, signal }: ServiceContext): Promise<void> {
  const outbox = new Channel<string>(10);
  const tasks = new Group({ signal });
  await tasks.go((signal) => read(conn, outbox, draining, signal), "reader");
  await tasks.go((signal) => write(conn, outbox, signal), "writer");
  await tasks.wait();
  console.error("handler done");
}

async function read(conn: Conn, outbox: Channel<string>, quit: AbortSignal, signal: AbortSignal): Promise<void> {
  try {
    for await (const line of lines(conn, { signal: quit })) await outbox.send(`you said ${line}\n`, { signal });
  } catch (error) {
    if (!quit.aborted) throw error;
  } finally {
    outbox.close();
  }
}

async function write(conn: Conn, outbox: Channel<string>, signal: AbortSignal): Promise<void> {
  for await (const message of outbox) await conn.write(message, { signal });
}
