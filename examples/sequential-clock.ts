// A clock for one client at a time: who comes second is connected, and waits until the first has left.
//   npx tsx examples/sequential-clock.ts 127.0.0.1:8000

import { setTimeout as sleep } from "node:timers/promises";
import { type Conn, listen } from "@belfry/net";

const listener = await listen(process.argv[2] ?? "127.0.0.1:8000");
console.error(`listening on ${String(listener.addr)}`);

for await (const conn of listener) await tellTime(conn);

async function tellTime(conn: Conn): Promise<void> {
  try {
    for (;;) {
      await conn.write(`${new Date().toTimeString().slice(0, 8)}\n`);
      await sleep(1000);
    }
  } catch {
    // The client has left; on to the next.
  } finally {
    await conn.close();
  }
}
