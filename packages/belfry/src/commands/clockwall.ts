import { parseWallClock, type Wall, wall, type WallClock, type WallFace } from "@belfry/clock";
import { parseAddress } from "@belfry/net";
import { onAbort } from "@belfry/sync";
import { jsonLine, timeLine, troubleLine } from "../clockwall/lines.js";
import type { WebTarget } from "../clockwall/serve-wall.js";
import { isScreen } from "../terminal/is-screen.js";
import { onKeys } from "../terminal/keys.js";
import type { CliCommand } from "../command.js";
import { EXIT } from "../exit-status.js";
import type { Io } from "../io.js";
import { option } from "../options/option.js";
import { print } from "../print.js";
import { runClient } from "../run-client.js";
import { UsageError } from "../usage-error.js";

interface ClockwallOptions {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly web?: WebTarget;
}

/** `belfry clockwall` */
export const clockwallCommand: CliCommand<ClockwallOptions> = {
  name: "clockwall",
  summary: "watch several clocks in one live table",
  examples: [
    "belfry clockwall NewYork=127.0.0.1:8010 Tokyo=127.0.0.1:8020 London=127.0.0.1:8030",
    "belfry clockwall Tokyo=127.0.0.1:8020 --once",
    "belfry clockwall Tokyo=127.0.0.1:8020 --json | jq .time",
    "belfry clockwall Tokyo=127.0.0.1:8020 London=127.0.0.1:8030 --web 127.0.0.1:8080",
  ],
  configure(command) {
    command
      .argument("<clock...>", "NAME=HOST:PORT")
      .option("--once", "print each clock's time once and end; exit 1 when one could not be read")
      .option("--json", "print a JSON object a line for each time told and each change of state")
      .addOption(option("--web <address>", "show the wall to browsers on this HOST:PORT, until a signal", parseWeb));
  },
  run({ args, options }, io) {
    const clocks = parseClocks(args);
    if (options.web !== undefined) return runWeb(clocks, options.web, options, io);
    return runClient(io, (signal) => (options.once === true ? readOnce : watch)(clocks, options, io, signal));
  },
};

function parseClocks(args: readonly string[]): WallClock[] {
  const clocks = args.map((text) => {
    try {
      return parseWallClock(text);
    } catch (error) {
      throw new UsageError((error as Error).message, { cause: error });
    }
  });
  const names = clocks.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new UsageError(`Cannot use the name "${twice}" twice: each clock needs its own`);
  return clocks;
}

function parseWeb(text: string): WebTarget {
  try {
    const { host, port } = parseAddress(text);
    if (host !== undefined && port !== undefined) return { host, port };
  } catch {
    // What the library says is worded for a program, and knows more kinds of addresses.
  }
  throw new RangeError("expected HOST:PORT, such as 127.0.0.1:8080");
}

async function runWeb(
  clocks: readonly WallClock[],
  target: WebTarget,
  { once, json }: ClockwallOptions,
  io: Io,
): Promise<number> {
  const other = once === true ? "--once" : json === true ? "--json" : null;
  if (other !== null)
    throw new UsageError(`Cannot use --web with ${other}: one shows the wall to browsers, the other prints it`);
  // Loaded when it is used: no other command of a client serves pages.
  const { serveWall } = await import("../clockwall/serve-wall.js");
  return serveWall(clocks, target, io);
}

async function readOnce(
  clocks: readonly WallClock[],
  { json }: ClockwallOptions,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  let isComplete = true;
  for (const face of await firstRound(clocks, signal)) {
    const isRead = face.time !== null;
    isComplete &&= isRead;
    if (json === true) await print(io.stdout, jsonLine(face));
    else if (isRead) await print(io.stdout, timeLine(face));
    if (!isRead) io.stderr.write(`belfry: Cannot read ${face.name} at ${face.address}: ${face.error ?? face.state}\n`);
  }
  return isComplete ? EXIT.ok : EXIT.failure;
}

/** Each clock's first time, or why there is none, in the order of `clocks`. */
async function firstRound(clocks: readonly WallClock[], signal: AbortSignal): Promise<readonly WallFace[]> {
  const settled = new Map<string, WallFace>();
  await watching(clocks, signal, async (watched) => {
    for await (const face of watched) {
      if (!settled.has(face.name)) settled.set(face.name, face);
      if (settled.size === clocks.length) return;
    }
  });
  return clocks.flatMap(({ name }) => settled.get(name) ?? []);
}

function watch(clocks: readonly WallClock[], options: ClockwallOptions, io: Io, signal: AbortSignal): Promise<number> {
  const isLive = options.json !== true && isScreen(io);
  return watching(clocks, signal, async (watched) => {
    if (!isLive) {
      await printChanges(watched, options, io);
      return EXIT.ok;
    }
    // Loaded when it is drawn: what draws takes a third of the start of every other command.
    const { showWall } = await import("../clockwall/screen.js");
    let status: number = EXIT.ok;
    const restore = onKeys(io.stdin, (key) => {
      if (key === "interrupt") status = EXIT.interrupted;
      if (key === "interrupt" || key === "q" || key === "Q") void watched.close();
    });
    try {
      await showWall(watched, io);
    } finally {
      restore();
    }
    return status;
  });
}

/** A wall for as long as it is used, or until `signal` aborts: then rejects with its reason. */
async function watching<T>(
  clocks: readonly WallClock[],
  signal: AbortSignal,
  use: (watched: Wall) => Promise<T>,
): Promise<T> {
  const watched = wall(clocks);
  const off = onAbort(signal, () => void watched.close());
  try {
    const result = await use(watched);
    signal.throwIfAborted();
    return result;
  } finally {
    off();
    await watched.close();
  }
}

/** Times on standard output, so that a pipe gets nothing else, and what is wrong on standard error. */
async function printChanges(watched: Wall, { json }: ClockwallOptions, io: Io): Promise<void> {
  const states = new Map<string, WallFace["state"]>();
  for await (const face of watched) {
    const isNews = states.get(face.name) !== face.state;
    states.set(face.name, face.state);
    if (json === true) await print(io.stdout, jsonLine(face));
    else if (face.state === "ticking") await print(io.stdout, timeLine(face));
    else if (isNews) io.stderr.write(`${troubleLine(face)}\n`);
  }
}
