// A client that shouts at a reverb server and gives up when nothing has been heard for a while.
//   npx tsx examples/client-with-timeouts.ts 127.0.0.1:8000 "Hello?" 3000

import { type Conn, dial, lines } from "@belfry/net";
import { after, Channel, Group, select } from "@belfry/sync";

const [address = "127.0.0.1:8000", shout = "Hello?", patience = "3000"] = process.argv.slice(2);

const conn = await dial(address, { timeout: 1000 });
const heard = new Channel<string>();
const tasks = new Group();
await tasks.go((signal) => listenTo(conn, heard, signal));
await conn.write(`${shout}\n`);

const outcome = await hear(heard, Number(patience));
console.log(outcome);
tasks.cancel();
await tasks.wait();
await conn.close();

async function hear(heard: Channel<string>, patience: number): Promise<string> {
  const whole = after(2 * patience);
  for (let echoes = 0; echoes < 3; echoes += 1) {
    const event = await select({ heard, silence: after(patience), whole });
    if (event.case === "silence") return `nothing for ${patience} ms, after ${echoes} echoes`;
    if (event.case === "whole") return `took too long, with ${echoes} echoes`;
    if (event.done) return `the server left after ${echoes} echoes`;
    console.log(event.value);
  }
  return "heard it all";
}

async function listenTo(conn: Conn, heard: Channel<string>, signal: AbortSignal): Promise<void> {
  try {
    for await (const line of lines(conn, { signal })) await heard.send(line, { signal });
  } finally {
    heard.close();
  }
}
