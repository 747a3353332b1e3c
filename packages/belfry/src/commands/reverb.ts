import { reverb } from "@belfry/reverb";
import type { CliCommand } from "../command.js";
import { host } from "../host.js";
import { addServerOptions, durationOption, type ServerOptions } from "../options/server-options.js";

interface ReverbCommandOptions extends ServerOptions {
  readonly delay: number;
  readonly sequential?: boolean;
  readonly idleTimeout: number;
}

/** `belfry reverb` */
export const reverbCommand: CliCommand<ReverbCommandOptions> = {
  name: "reverb",
  summary: "echo each line three times, ever more quietly",
  examples: ["belfry reverb", "belfry reverb --delay 500ms --sequential", "belfry reverb --idle-timeout 10s"],
  configure(command) {
    command
      .addOption(durationOption("--delay", "between the sounds of an echo", 1000))
      .option("--sequential", "one echo after the other, not beside each other")
      .addOption(durationOption("--idle-timeout", "disconnect clients silent for so long", 300_000));
    addServerOptions(command);
  },
  run: ({ options }, io) => {
    const { listen: address, delay, sequential, idleTimeout } = options;
    return host([{ name: "reverb", address, service: reverb({ delay, sequential, idleTimeout }) }], options, io);
  },
};
