// A clock for many clients at once: a task each, in one group that starts them together and ends them together.
//   npx tsx examples/concurrent-clock.ts 127.0.0.1:8000

import { setTimeout as sleep } from "node:timers/promises";
import { type Conn, listen } from "@belfry/net";
import { Group } from "@belfry/sync";

const listener = await listen(process.argv[2] ?? "127.0.0.1:8000");
const clients = new Group({ name: "clients" });
process.once("SIGTERM", () => void listener.close());
console.error(`listening on ${String(listener.addr)}`);

for await (const conn of listener) await clients.go((signal) => tellTime(conn, signal));
clients.cancel();
await clients.wait();
console.error("all done");

async function tellTime(conn: Conn, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await conn.write(`${new Date().toTimeString().slice(0, 8)}\n`, { signal });
      await sleep(1000, undefined, { signal });
    }
  } catch {
    // The client has left, or the server goes down.
  } finally {
    await conn.close();
  }
}
