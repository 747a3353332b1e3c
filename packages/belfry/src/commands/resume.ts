import type { Command } from "commander";
import type { CliCommand } from "../command.js";
import { addControlOption, type ControlOptions, withHost } from "../control/with-host.js";
import { EXIT } from "../exit-status.js";
import { print } from "../print.js";

/** `belfry resume` */
export const resumeCommand: CliCommand<ControlOptions> = {
  name: "resume",
  summary: "end a suspend: whoever has waited is served",
  examples: ["belfry resume echo"],
  configure(command: Command) {
    command.argument("<service>", "its name, as belfry status shows it");
    addControlOption(command);
  },
  run: ({ args, options }, io) =>
    withHost(options, io, async (link) => {
      const [service = ""] = args;
      await link.ask("resume", { service });
      await print(io.stdout, `${service} serves again\n`);
      return EXIT.ok;
    }),
};
