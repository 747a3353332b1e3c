// A pool of workers: jobs go in through one channel, results come out of another, and the pool ends by closing them.
//   npx tsx examples/worker-pool.ts 4 10

import { Channel, Group } from "@belfry/sync";

const [workers = 4, count = 10] = process.argv.slice(2).map(Number);

const jobs = new Channel<number>(workers);
const results = new Channel<string>();
const pool = new Group({ name: "pool" });

await pool.go(async (signal) => {
  for (let job = 1; job <= count; job += 1) await jobs.send(job, { signal });
  jobs.close();
}, "producer");

const crew = new Group({ name: "crew", signal: pool.signal });
for (let worker = 1; worker <= workers; worker += 1) await crew.go((signal) => work(signal), `worker ${worker}`);

await pool.go(async () => {
  await crew.wait();
  results.close();
}, "closer");

for await (const result of results) console.log(result);
await pool.wait();
console.log("all done");

async function work(signal: AbortSignal): Promise<void> {
  for await (const job of jobs) await results.send(`${job} squared is ${job * job}`, { signal });
}
