import type { Command } from "commander";
import type { CliCommand } from "../command.js";
import { addControlOption, type ControlOptions, withHost } from "../control/with-host.js";
import { EXIT } from "../exit-status.js";
import type { Io } from "../io.js";
import { print } from "../print.js";
import { isColoured } from "../terminal/is-coloured.js";
import { sizeOf } from "../terminal/size-of.js";

interface StatusOptions extends ControlOptions {
  readonly json?: boolean;
}

/** `belfry status` */
export const statusCommand: CliCommand<StatusOptions> = {
  name: "status",
  summary: "show the running host, its services and its workers",
  examples: ["belfry status", "belfry status --json | jq .services"],
  configure(command: Command) {
    command.option("--json", "print everything as one JSON object");
    addControlOption(command);
  },
  run: ({ options }, io) =>
    withHost(options, io, async (link) => {
      const status = await link.ask("status", {});
      if (options.json === true) {
        await print(io.stdout, `${JSON.stringify(status, null, 2)}\n`);
        return EXIT.ok;
      }
      const { drawStatus } = await import("../top/draw-status.js");
      await print(io.stdout, drawStatus(status, sheet(io)));
      return EXIT.ok;
    }),
};

/** Where nobody looks, nothing is left out for want of width. */
function sheet({ stdout, env }: Io): { columns: number; isColoured: boolean; now: number } {
  const columns = stdout.isTTY === true ? sizeOf(stdout).columns : Number.POSITIVE_INFINITY;
  return { columns, isColoured: isColoured({ stdout, env }), now: Date.now() };
}
