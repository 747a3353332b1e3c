import type { Command } from "commander";
import type { CliCommand } from "../command.js";
import { addControlOption, type ControlOptions, withHost } from "../control/with-host.js";
import { EXIT } from "../exit-status.js";
import { print } from "../print.js";

/** `belfry kick` */
export const kickCommand: CliCommand<ControlOptions> = {
  name: "kick",
  summary: "reset one connection of the host",
  examples: ["belfry kick 'echo#2-17'"],
  configure(command: Command) {
    command.argument("<connection>", "its id, as belfry top and the log show it");
    addControlOption(command);
  },
  run: ({ args, options }, io) =>
    withHost(options, io, async (link) => {
      const [connection = ""] = args;
      if (!(await link.ask("kick", { connection }))) {
        throw new Error(`Cannot kick "${connection}": no such connection, or it has just ended`);
      }
      await print(io.stdout, `${connection} is reset\n`);
      return EXIT.ok;
    }),
};
