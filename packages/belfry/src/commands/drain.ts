import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import type { CliCommand } from "../command.js";
import { addControlOption, type ControlOptions, withHost } from "../control/with-host.js";
import { EXIT } from "../exit-status.js";
import { print } from "../print.js";

interface DrainOptions extends ControlOptions {
  readonly wait: boolean;
}

/** How long a host may take from its last word to its end, and how often it is looked for. Milliseconds. */
const LAST_MOMENTS = 2000;
const LOOK_INTERVAL = 10;

/** `belfry drain` */
export const drainCommand: CliCommand<DrainOptions> = {
  name: "drain",
  summary: "have the host finish what is under way and end",
  examples: ["belfry drain", "belfry drain --no-wait"],
  configure(command: Command) {
    command.option("--no-wait", "end once the drain has begun; else exit 1 when a connection had to be cut");
    addControlOption(command);
  },
  run: ({ options }, io) =>
    withHost(options, io, async (link) => {
      const { pid, connections } = await link.ask("drain", {});
      await print(io.stdout, `process ${pid} drains, open connections: ${connections}\n`);
      if (!options.wait) return EXIT.ok;
      const end = await link.drained();
      if (end === null) throw new Error(`Cannot tell how the drain went: process ${pid} ended without a word`);
      await processGone(pid);
      await print(io.stdout, `process ${pid} has ended; connections drained: ${end.drained}, cut: ${end.cut}\n`);
      return end.cut === 0 ? EXIT.ok : EXIT.failure;
    }),
};

/** Resolves when that process is gone, so that what is done next finds nothing of it; after 2 s in any case. */
async function processGone(pid: number): Promise<void> {
  const until = performance.now() + LAST_MOMENTS;
  while (pid !== process.pid && isThere(pid) && performance.now() < until) await pause(LOOK_INTERVAL);
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's is there, and nobody's to be asked.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
