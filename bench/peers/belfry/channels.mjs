// Channels of @belfry/sync, driven as its Go counterpart is. The idiom is how values are taken: "await" receives each,
// "iterate" loops over the channel, "batch" takes what is there at once; "try" awaits only what cannot be done at once,
// when sending and selecting too, and takes batches.

import { createInterface } from "node:readline";
import { Channel, Group, select, trySelect } from "@belfry/sync";

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

const idiom = process.argv[2] ?? "await";
const isTrying = idiom === "try";
const consume = IDIOMS[isTrying ? "batch" : idiom];
if (consume === undefined) throw new Error(`Cannot take values: unknown idiom "${idiom}"`);

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
    while (more()) await (isTrying ? tryToSend(values) : sendAll(values));
    values.close();
  });
  const operations = await /** @type {NonNullable<typeof consume>} */ (consume)(values);
  await group.wait();
  return operations;
}

/** @param {Numbers} values */
async function sendAll(values) {
  for (let i = 0; i < BATCH; i += 1) await values.send(i);
}

/** @param {Numbers} values */
async function tryToSend(values) {
  for (let i = 0; i < BATCH; i += 1) if (!values.trySend(i)) await values.send(i);
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
    for (let i = 0; i < BATCH; i += 1) {
      const cases = width === 2 ? { a, b } : { a, b, c, d };
      if (!isTrying || trySelect(cases) === undefined) await select(cases);
    }
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
    const cases = { sent: values.sending(i), quit };
    const done = (isTrying ? trySelect(cases) : undefined) ?? (await select(cases));
    if (done.case === "quit") return;
  }
}
