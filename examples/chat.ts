// A chat room. Everyone has an outbox, so whoever reads slowly misses something and holds up nobody.
//   npx tsx examples/chat.ts 127.0.0.1:8000

import { type Conn, lines, type Outbox, outbox, parseAddress } from "@belfry/net";
import { serve, type ServiceContext, withSignals } from "@belfry/server";

const members = new Map<string, Outbox>();
let guests = 0;

const server = await serve({ ...parseAddress(process.argv[2] ?? "127.0.0.1:8000"), idleTimeout: 300_000 }, join);
console.error(`listening on ${String(server.addr)}`);
await withSignals(server);

async function join(conn: Conn, { draining }: ServiceContext): Promise<void> {
  const name = `guest${(guests += 1)}`;
  const box = outbox(conn, { capacity: 100, overflow: "drop-oldest" });
  box.trySend(`You are ${name}, with ${members.size} others here\n`);
  tellAll(`${name} has arrived\n`);
  members.set(name, box);
  try {
    for await (const line of lines(conn, { maxLength: 1000, signal: draining })) tellAll(`${name}: ${line}\n`);
  } finally {
    members.delete(name);
    tellAll(`${name} has left\n`);
    await box.close();
  }
}

function tellAll(message: string): void {
  for (const box of members.values()) {
    try {
      box.trySend(message);
    } catch {
      // That member's connection has failed; its own task will see to it.
    }
  }
}
