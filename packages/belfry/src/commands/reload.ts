import type { CliCommand } from "../command.js";
import { describeChanges } from "../control/describe-changes.js";
import { addControlOption, type ControlOptions, withHost } from "../control/with-host.js";
import { EXIT } from "../exit-status.js";
import { print } from "../print.js";

/** `belfry reload` */
export const reloadCommand: CliCommand<ControlOptions> = {
  name: "reload",
  summary: "have the host load its configuration anew, without dropping a connection",
  examples: ["belfry reload"],
  configure: addControlOption,
  run: ({ options }, io) =>
    withHost(options, io, async (link) => {
      const before = await link.ask("status", {});
      const after = await link.ask("reload", {}, 0);
      await print(io.stdout, describeChanges(before, after));
      return EXIT.ok;
    }),
};
