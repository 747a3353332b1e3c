import type { Io } from "../io.js";
import { sized, sizeOf } from "../terminal/size-of.js";
import { formatBytes } from "../text/format-bytes.js";
import { formatRate } from "./format.js";
import { quoted } from "./names.js";

/** Tells the user how a transfer goes. */
export interface Progress {
  /** So many more bytes have passed. */
  readonly add: (count: number) => void;
  /** Ends the picture, if there is one, and gives what became of it: `1.20 MiB in 0.30 s, 4.00 MiB/s`. */
  readonly end: () => string;
}

/** What is known when a transfer begins. */
export interface ProgressStart {
  readonly name: string;
  readonly before: number;
  readonly total: number | null;
}

/** Milliseconds between two pictures: smooth to look at, and slow enough to read. */
const REDRAW = 125;

/** Whether progress is drawn: standard error is a terminal that can draw over a line. */
function drawsProgress({ stderr, env }: Io): boolean {
  return stderr.isTTY === true && env["TERM"] !== "dumb";
}

/** Starts to tell of a transfer: drawn over and over on a terminal, else nothing until it ends. */
export async function startProgress(start: ProgressStart, io: Io): Promise<Progress> {
  const began = performance.now();
  let moved = 0;
  const picture = drawsProgress(io)
    ? await draw(() => ({ ...start, moved, elapsed: performance.now() - began }), io)
    : null;
  return {
    add(count) {
      moved += count;
    },
    end() {
      picture?.();
      const elapsed = performance.now() - began;
      const seconds = elapsed < 10_000 ? (elapsed / 1000).toFixed(2) : (elapsed / 1000).toFixed(0);
      return `${formatBytes(moved)} in ${seconds} s, ${formatRate(moved, elapsed)}`;
    },
  };
}

/** One line of what was moved: `get "a.txt": 1.20 MiB in 0.30 s, 4.00 MiB/s`. */
export function transferLine(verb: string, from: string, to: string, result: string): string {
  const names = from === to ? quoted(from) : `${quoted(from)} → ${quoted(to)}`;
  return `${verb} ${names}: ${result}`;
}

/** @returns what takes the picture away. */
async function draw(
  state: () => ProgressStart & { moved: number; elapsed: number },
  { stderr }: Io,
): Promise<() => void> {
  // Loaded when something is drawn: it takes longer than the start of a script's transfer.
  const [{ createLogUpdate }, { progressLine }] = await Promise.all([
    import("log-update"),
    import("./progress-line.js"),
  ]);
  const update = createLogUpdate(sized(stderr), { showCursor: true });
  const redraw = (): void => update(progressLine(state(), sizeOf(stderr).columns));
  const timer = setInterval(redraw, REDRAW);
  return () => {
    clearInterval(timer);
    update.clear();
    update.done();
  };
}
