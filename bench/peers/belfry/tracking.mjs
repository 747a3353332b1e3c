// Two tasks that hand values to each other, driven as channels.mjs is, with as much known of them as the mode says:
// "bare" are promises that no list holds, "listed" run in a Group, "told" say what they wait for too, and "followed" are
// followed across their awaits.

import { createInterface } from "node:readline";
import { Channel, Group, taskTracer, traceWaits } from "@belfry/sync";

/** How many operations pass between two looks at the clock. */
const BATCH = 4096;

/** @typedef {() => boolean} More */
/** @typedef {Channel<number>} Numbers */

const mode = process.argv[2] ?? "bare";
if (mode === "followed") traceWaits(true);
const isTold = mode === "told";

/** @type {Record<string, (more: More) => (() => Promise<unknown>)[]>} */
const CASES = { "ping-pong": pingPong, rendezvous };

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
  let batches = 0;
  const more = () => performance.now() < end && (batches += 1) > 0;
  const tasks = one(more);
  if (mode === "bare") await Promise.all(tasks.map((task) => task()));
  else await runInGroup(tasks);
  return { operations: batches * BATCH, seconds: (performance.now() - began) / 1000 };
}

/** @param {readonly (() => Promise<unknown>)[]} tasks */
async function runInGroup(tasks) {
  const group = new Group({ name: "tracking" });
  for (const task of tasks) {
    await group.go(async () => {
      await task();
    });
  }
  await group.wait();
}

/** One operation is a value there and one back. @param {More} more */
function pingPong(more) {
  /** @type {Numbers} */
  const there = new Channel();
  /** @type {Numbers} */
  const back = new Channel();
  const serve = isTold ? serveTold : serveAll;
  const play = isTold ? playTold : playAll;
  return [() => play(there, back, more), () => serve(there, back)];
}

/** One operation is a value handed over. @param {More} more */
function rendezvous(more) {
  /** @type {Numbers} */
  const values = new Channel();
  return isTold
    ? [() => sendTold(values, more), () => takeTold(values)]
    : [() => sendAll(values, more), () => takeAll(values)];
}

/**
 * @param {Numbers} there
 * @param {Numbers} back
 * @param {More} more
 */
async function playAll(there, back, more) {
  while (more()) {
    for (let i = 0; i < BATCH; i += 1) {
      await there.send(i);
      await back.receive();
    }
  }
  there.close();
}

/** @type {typeof playAll} */
async function playTold(there, back, more) {
  const within = taskTracer();
  while (more()) {
    for (let i = 0; i < BATCH; i += 1) {
      await within(() => there.send(i));
      await within(() => back.receive());
    }
  }
  there.close();
}

/**
 * @param {Numbers} there
 * @param {Numbers} back
 */
async function serveAll(there, back) {
  for (let next = await there.receive(); !next.done; next = await there.receive()) await back.send(next.value);
}

/** @type {typeof serveAll} */
async function serveTold(there, back) {
  const within = taskTracer();
  const receive = () => within(() => there.receive());
  for (let next = await receive(); !next.done; next = await receive()) {
    const { value } = next;
    await within(() => back.send(value));
  }
}

/**
 * @param {Numbers} values
 * @param {More} more
 */
async function sendAll(values, more) {
  while (more()) for (let i = 0; i < BATCH; i += 1) await values.send(i);
  values.close();
}

/** @type {typeof sendAll} */
async function sendTold(values, more) {
  const within = taskTracer();
  while (more()) for (let i = 0; i < BATCH; i += 1) await within(() => values.send(i));
  values.close();
}

/** @param {Numbers} values */
async function takeAll(values) {
  for (let next = await values.receive(); !next.done; next = await values.receive());
}

/** @type {typeof takeAll} */
async function takeTold(values) {
  const within = taskTracer();
  const receive = () => within(() => values.receive());
  for (let next = await receive(); !next.done; next = await receive());
}
