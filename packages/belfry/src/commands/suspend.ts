import type { Command } from "commander";
import type { CliCommand } from "../command.js";
import { addControlOption, type ControlOptions, withHost } from "../control/with-host.js";
import { EXIT } from "../exit-status.js";
import { print } from "../print.js";

/** `belfry suspend` */
export const suspendCommand: CliCommand<ControlOptions> = {
  name: "suspend",
  summary: "have a service of the host serve nobody new",
  examples: ["belfry suspend echo"],
  configure(command: Command) {
    command.argument("<service>", "its name, as belfry status shows it");
    addControlOption(command);
  },
  run: ({ args, options }, io) =>
    withHost(options, io, async (link) => {
      const [service = ""] = args;
      await link.ask("suspend", { service });
      await print(io.stdout, `${service} is suspended: who is served goes on, who comes waits\n`);
      return EXIT.ok;
    }),
};
