// Channels of @belfry/sync, driven as its Go counterpart is. The idiom is how values are taken: "await" receives each,
// "iterate" loops over the channel, "batch" takes what is there at once.

import { createInterface } from "node:readline";
import { Channel, Group, select } from "@belfry/sync";

/** How many operations pass between two looks at the clock. */
const BATCH = 4096;

/** @typedef {() => boolean} More */
/** @typedef {Channel<number>} Numbers */

/** @type {Record<string, (values: Numbers) => Promise<number>>} */
const IDIOMS = {
  await: async (values) => {
    let count = 0;
    for (let next = await values.receive(); !next.done; next = await values.receive()) count += 1;
    return count;
  },
  iterate: async (values) => {
    let count = 0;
    for await (const _ of values) count += 1;
    return count;
  },
  batch: async (values) => {
    let count = 0;
    for await (const batch of values.batches()) for (const _ of batch) count += 1;
    return count;
  },
};

const consume = IDIOMS[process.argv[2] ?? "await"];
if (consume === undefined) throw new Error(`Cannot take values: unknown idiom "${process.argv[2]}"`);

/** @type {Record<string, (more: More) => Promise<number>>} */
const CASES = {
  "ping-pong": pingPong,
  rendezvous: (more) => produce(new Channel(), more),
  "buffered-1024": (more) => produce(new Channel(1024), more),
  "select-2": (more) => selecting(2, more),
  "select-4": (more) => selecting(4, more),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name = "", seconds = "0"] = line.split(" ");
  console.log(JSON.stringify(await run(name, Number(seconds))));
}

/**
 * @param {string} name
 * @param {number} seconds
 */
async function run(name, seconds) {
  const one = CASES[name];
  if (one === undefined) return { error: `unknown case ${name}` };
  const began = performance.now();
  const end = began + seconds * 1000;
  const operations = await one(() => performance.now() < end);
  return { operations, seconds: (performance.now() - began) / 1000 };
}

/** One operation is a value there and one back. @param {More} more */
async function pingPong(more) {
  /** @type {Numbers} */
  const there = new Channel();
  /** @type {Numbers} */
  const back = new Channel();
  const group = new Group();
  await group.go(async () => {
    for await (const value of there) await back.send(value);
  });
  let operations = 0;
  while (more()) {
    for (let i = 0; i < BATCH; i += 1) {
      await there.send(i);
      await back.receive();
    }
    operations += BATCH;
  }
  there.close();
  await group.wait();
  return operations;
}

/**
 * One operation is a value handed over.
 *
 * @param {Numbers} values
 * @param {More} more
 */
async function produce(values, more) {
  const group = new Group();
  await group.go(async () => {
    while (more()) for (let i = 0; i < BATCH; i += 1) await values.send(i);
    values.close();
  });
  const operations = await /** @type {NonNullable<typeof consume>} */ (consume)(values);
  await group.wait();
  return operations;
}

/**
 * One operation is a select that received; as many producers as channels.
 *
 * @param {2 | 4} width
 * @param {More} more
 */
async function selecting(width, more) {
  /** @type {Channel<never>} */
  const quit = new Channel();
  const [a, b, c, d] = /** @type {[Numbers, Numbers, Numbers, Numbers]} */ (
    Array.from({ length: 4 }, () => new Channel(64))
  );
  const group = new Group();
  for (const values of width === 2 ? [a, b] : [a, b, c, d]) await group.go(() => feed(values, quit));
  let operations = 0;
  while (more()) {
    for (let i = 0; i < BATCH; i += 1) await (width === 2 ? select({ a, b }) : select({ a, b, c, d }));
    operations += BATCH;
  }
  quit.close();
  await group.wait();
  return operations;
}

/**
 * @param {Numbers} values
 * @param {Channel<never>} quit
 */
async function feed(values, quit) {
  for (let i = 0; ; i += 1) {
    const done = await select({ sent: values.sending(i), quit });
    if (done.case === "quit") return;
  }
}
