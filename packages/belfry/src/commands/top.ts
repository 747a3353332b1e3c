import type { Command } from "commander";
import { isScreen } from "../terminal/is-screen.js";
import type { CliCommand } from "../command.js";
import { addControlOption, type ControlOptions } from "../control/with-host.js";
import { durationOption } from "../options/server-options.js";
import { runClient } from "../run-client.js";

interface TopOptions extends ControlOptions {
  readonly interval: number;
  readonly once?: boolean;
  readonly json?: boolean;
}

const INTERVAL = 1000;
/** Each look costs the host something. */
const MIN_INTERVAL = 100;

/** `belfry top` */
export const topCommand: CliCommand<TopOptions> = {
  name: "top",
  summary: "watch the host live: services, workers, the busiest connections",
  examples: ["belfry top", "belfry top --once", "belfry top --json | jq '.connections[0]'"],
  configure(command: Command) {
    command
      .addOption(durationOption("--interval", "how often to look", INTERVAL))
      .option("--once", "print one picture, its rates over one interval; so it is where there is no terminal")
      .option("--json", "print that as JSON");
    addControlOption(command);
  },
  run: ({ options }, io) =>
    runClient(io, async (signal) => {
      const settings = { control: options.control, interval: Math.max(options.interval, MIN_INTERVAL) };
      if (options.once === true || options.json === true || !isScreen(io)) {
        const { printOnce } = await import("../top/print-once.js");
        return printOnce({ ...settings, isJson: options.json === true }, io, signal);
      }
      // Loaded when it is drawn: what draws takes a third of the start of every other command.
      const { showTop } = await import("../top/show-top.js");
      return showTop(settings, io, signal);
    }),
};
