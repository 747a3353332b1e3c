import { CONVERSATIONS } from "./conversations.js";
import { randomSend, randomUse } from "./grammar.js";
import { Random } from "./random.js";
import type { Script, Step } from "./script.js";

/** The script of a session: a conversation as a client holds it, and then not quite. */
export function makeScript(seed: number): Script {
  const random = new Random(seed);
  const [, conversation] = random.pick(CONVERSATIONS);
  const steps = random.once(12) ? grown(random) : [...conversation];
  const count = random.pick([0, 1, 1, 2, 3, 5, 8]);
  for (let i = 0; i < count; i += 1) random.pick(MUTATIONS)(steps, random);
  return steps.slice(0, MAX_STEPS);
}

const MAX_STEPS = 80;

/** No conversation anybody holds, but for the login. */
function grown(random: Random): Step[] {
  const steps: Step[] = [send("USER ann\r\n"), AWAIT, send("PASS secret\r\n"), AWAIT];
  for (let left = 5 + random.below(20); left > 0; left -= 1) steps.push(...command(random));
  return steps;
}

/** A command, its data connection where it may have one, and mostly the wait for its reply. */
function command(random: Random): readonly Step[] {
  const steps: Step[] = [];
  if (random.once(3)) {
    steps.push(send(random.once(3) ? "PASV\r\n" : "EPSV\r\n"), AWAIT);
    if (!random.once(4)) steps.push({ do: "data", use: randomUse(random) });
  }
  steps.push(send(randomSend(random)));
  if (!random.once(5)) steps.push(AWAIT);
  return steps;
}

type Mutation = (steps: Step[], random: Random) => void;

const COMMON: readonly Mutation[] = [drop, double, swap, insertCommand, insertCommand, replaceCommand, unwait, cut];
const RARE: readonly Mutation[] = [
  insertData,
  insertStranger,
  inMidTransfer,
  inMidTransfer,
  injectTls,
  loginAgain,
  pause,
];
const ENDINGS: readonly Mutation[] = [finish, cutLine, flood];
const MUTATIONS: readonly Mutation[] = [...COMMON, ...RARE, ...RARE, ...ENDINGS];

const AWAIT: Step = { do: "await" };

function send(bytes: string): Step {
  return { do: "send", bytes };
}

function drop(steps: Step[], random: Random): void {
  if (steps.length > 1) steps.splice(random.below(steps.length), 1 + random.below(2));
}

function double(steps: Step[], random: Random): void {
  const at = random.below(steps.length);
  const count = 1 + random.below(4);
  steps.splice(at, 0, ...steps.slice(at, at + count));
}

function swap(steps: Step[], random: Random): void {
  const [a, b] = [random.below(steps.length), random.below(steps.length)];
  const [first, second] = [steps[a], steps[b]];
  if (first !== undefined && second !== undefined) [steps[a], steps[b]] = [second, first];
}

function insertCommand(steps: Step[], random: Random): void {
  steps.splice(random.below(steps.length + 1), 0, ...command(random));
}

function replaceCommand(steps: Step[], random: Random): void {
  const at = findSend(steps, random);
  if (at >= 0) steps[at] = send(randomSend(random));
}

/** Sends on without waiting for replies. */
function unwait(steps: Step[], random: Random): void {
  const from = random.below(steps.length);
  const to = from + 2 + random.below(12);
  const kept = steps.filter((step, at) => step.do !== "await" || at < from || at >= to);
  steps.splice(0, steps.length, ...kept);
}

/** Moves the borders of segments. */
function cut(steps: Step[], random: Random): void {
  for (const [at, step] of steps.entries()) {
    if (step.do !== "send" || random.once(2)) continue;
    const cuts = Array.from({ length: 1 + random.below(3) }, () => random.below(step.bytes.length + 1));
    steps[at] = { ...step, cuts: cuts.sort((a, b) => a - b) };
  }
}

function insertData(steps: Step[], random: Random): void {
  const data: Step = { do: "data", use: randomUse(random) };
  const at = random.once(2) ? steps.findIndex((step) => step.do === "data") + 1 : random.below(steps.length + 1);
  steps.splice(at, 0, data);
}

function insertStranger(steps: Step[], random: Random): void {
  const at = steps.findIndex((step) => step.do === "data");
  steps.splice(at >= 0 ? at : random.below(steps.length + 1), 0, { do: "stranger" });
}

const MEANTIME = [
  "ABOR",
  "STAT",
  "QUIT",
  "NOOP",
  "ABOR",
  "STAT",
  "PASV",
  "EPSV",
  "REIN",
  "AUTH TLS",
  "RETR file",
  "USER bob",
];

/** Something is sent while a transfer is under way. */
function inMidTransfer(steps: Step[], random: Random): void {
  const at = steps.findIndex((step) => step.do === "send" && /^(?:RETR|STOR|APPE|LIST|MLSD|NLST)/.test(step.bytes));
  if (at < 0) return;
  const line = random.once(3) ? randomSend(random) : `${random.pick(MEANTIME)}\r\n`;
  const turns: Step = { do: "turns", count: random.below(30) };
  steps.splice(at + 1, 0, turns, send(line));
  const data = steps.findIndex((step) => step.do === "data");
  if (data >= 0 && random.once(2)) steps[data] = { do: "data", use: { use: "stall", size: random.pick([0, 5000]) } };
}

/** Bytes in the clear behind AUTH, in its segment or in one of their own. */
function injectTls(steps: Step[], random: Random): void {
  const at = random.below(Math.min(steps.length, 6));
  const injected = random.pick([
    "NOOP\r\n",
    "USER ann\r\nPASS secret\r\n",
    "N",
    "\xff\xf4",
    "\r\n",
    "\x16\x03\x01\x00\x05",
    "",
  ]);
  const bytes = `AUTH TLS\r\n${injected}`;
  const cuts = random.once(2) ? { cuts: [10] } : {};
  const wait: readonly Step[] = random.once(4) ? [] : [AWAIT];
  steps.splice(at, 0, { do: "send", bytes, ...cuts }, ...wait, { do: "tls" });
}

function loginAgain(steps: Step[], random: Random): void {
  const user = random.pick(["ann", "bob", "eve", "nobody"]);
  const lines = [`USER ${user}\r\n`, random.once(3) ? "PASS wrong\r\n" : "PASS secret\r\n"];
  if (random.once(3)) lines.unshift("REIN\r\n");
  steps.splice(random.below(steps.length + 1), 0, ...lines.flatMap((line) => [send(line), AWAIT]));
}

function pause(steps: Step[], random: Random): void {
  const at = random.below(steps.length + 1);
  steps.splice(at, 0, { do: "pause" });
  steps.splice(at + 1 + random.below(steps.length - at), 0, { do: "resume" });
}

function finish(steps: Step[], random: Random): void {
  const at = random.below(steps.length + 1);
  const ending = random.pick<Step["do"]>(["end", "end", "reset"]);
  steps.splice(at, ending === "reset" ? steps.length : 0, ending === "end" ? { do: "end" } : { do: "reset" });
}

/** A line without its end, at which the client leaves or goes on. */
function cutLine(steps: Step[], random: Random): void {
  const at = findSend(steps, random);
  const step = steps[at];
  if (step?.do === "send") steps[at] = send(step.bytes.slice(0, random.below(step.bytes.length)));
}

/** More commands at once than the server takes at a time. */
function flood(steps: Step[], random: Random): void {
  const line = random.pick(["NOOP\r\n", "MLST /\r\n", "STAT\r\n", "SIZE file\r\n", "FEAT\r\n"]);
  steps.splice(random.below(steps.length + 1), 0, send(line.repeat(10 + random.below(60))));
}

function findSend(steps: readonly Step[], random: Random): number {
  const places = steps.flatMap((step, at) => (step.do === "send" ? [at] : []));
  return places.length === 0 ? -1 : random.pick(places);
}
