import { measureHeap } from "@belfry/testkit";
import { judge } from "./judge.js";
import type { Conversation } from "./judge.js";
import { makeScript } from "./mutate.js";
import { Player } from "./player.js";
import { seedOf } from "./random.js";
import { formatScript } from "./script.js";
import type { Script } from "./script.js";
import { World } from "./world.js";
import type { Ground } from "./world.js";

/** Options of {@link fuzz}. */
export interface FuzzOptions {
  readonly ground: Ground;
  readonly seed: number;
  readonly sessions: number;
  /** The only one to be played; `null` for all. */
  readonly only: number | null;
}

/** Sessions at a time. */
const AT_ONCE = 48;
/** Bytes that live on after thousands of sessions more: what is compiled and cached on the way, no more. */
const MAX_GROWTH = 6 << 20;
/** Ways a failing script is cut down that are tried. */
const MAX_CUTS = 200;

interface Failure {
  readonly session: number;
  readonly problem: string;
}

/** Plays so many sessions. @throws {Error} with the seed and the least script found that fails, at the first that does. */
export async function fuzz(options: FuzzOptions): Promise<void> {
  const { ground, sessions, only, seed } = options;
  const world = await World.start(ground);
  const watch = new Watch();
  try {
    const numbers = only === null ? Array.from({ length: sessions }, (_, at) => at) : [only];
    const warm = Math.floor(numbers.length / 3);
    const failure = await playAll(world, numbers.slice(0, warm), seed);
    const before = measureHeap();
    const found = failure ?? (await playAll(world, numbers.slice(warm), seed));
    if (found !== null) throw new Error(await explain(world, options, found));
    const growth = measureHeap() - before;
    if (growth > MAX_GROWTH)
      throw new Error(`${growth} bytes more on the heap after ${numbers.length - warm} sessions`);
    watch.check();
  } finally {
    watch.stop();
    await world.stop();
  }
}

async function playAll(world: World, numbers: readonly number[], seed: number): Promise<Failure | null> {
  let next = 0;
  let failure: Failure | null = null;
  const lane = async (slot: number): Promise<void> => {
    while (failure === null && next < numbers.length) {
      const session = numbers[next++] ?? 0;
      const { problem } = await play(world, makeScript(seedOf(seed, session)), slot);
      if (problem !== null) failure ??= { session, problem };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, slot) => lane(slot)));
  return failure;
}

interface Played {
  readonly problem: string | null;
  readonly conversation: Conversation;
}

/** Plays a script, from a loopback address of its own where there are several. */
async function play(world: World, script: Script, slot: number): Promise<Played> {
  const { host: serverHost, port } = world.server.addr;
  const hasMany = process.platform === "linux";
  const host = hasMany ? `127.0.1.${slot + 1}` : "127.0.0.1";
  const strangerHost = hasMany ? `127.0.2.${slot + 1}` : null;
  const player = new Player({ serverHost, port, host, strangerHost });
  const conversation = await player.play(script);
  // One that is reset before it is accepted has no address any more.
  const wasServed = conversation.phases.some(({ received }) => received !== "");
  const problems = await world.problems(`${host}:${player.localPort}`, { wasServed });
  const problem = judge(conversation);
  const all = problem === null ? problems : [problem, ...problems];
  return { problem: all.length === 0 ? null : all.join("\n"), conversation };
}

/** What a person needs to find the cause: seed, problem, script cut down, and what went over. */
async function explain(world: World, { ground, seed }: FuzzOptions, { session, problem }: Failure): Promise<string> {
  const script = await shrink(world, makeScript(seedOf(seed, session)));
  const { conversation, problem: left } = await play(world, script, 0);
  return [
    `Session ${session} of seed ${seed}, files ${ground}: ${problem}`,
    `Again with BELFRY_FUZZ_SEED=${seed} BELFRY_FUZZ_ONLY=${session}. The least script that fails (${left ?? "not every time"}):`,
    formatScript(script),
    ...conversation.phases.map(({ sent, received }) => `sent ${shorten(sent)}\nreceived ${shorten(received)}`),
  ].join("\n");
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 2000 ? `${text.slice(0, 1000)}…${text.slice(-1000)}` : text);
}

/** Leaves steps out while it still fails: halves first, then ever smaller runs of them. */
async function shrink(world: World, script: Script): Promise<Script> {
  let least = script;
  let tries = 0;
  for (let size = Math.ceil(script.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < least.length && tries < MAX_CUTS; tries += 1) {
      const cut = [...least.slice(0, at), ...least.slice(at + size)];
      const { problem } = await play(world, cut, 0);
      if (problem === null) at += size;
      else least = cut;
    }
  }
  return least;
}

/** Errors nobody has caught, and warnings, as the process tells them. */
class Watch {
  readonly #seen: string[] = [];
  readonly #note = (what: unknown): void => {
    this.#seen.push(what instanceof Error ? (what.stack ?? what.message) : String(what));
  };

  constructor() {
    process.on("uncaughtException", this.#note).on("unhandledRejection", this.#note).on("warning", this.#note);
  }

  check(): void {
    const serious = this.#seen.filter((text) => !text.startsWith("ExperimentalWarning"));
    if (serious.length > 0) throw new Error(`Errors nobody caught, and warnings:\n${serious.join("\n")}`);
  }

  stop(): void {
    process.off("uncaughtException", this.#note).off("unhandledRejection", this.#note).off("warning", this.#note);
  }
}
