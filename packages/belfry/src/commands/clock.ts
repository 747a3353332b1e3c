import { clock } from "@belfry/clock";
import type { Service } from "@belfry/server";
import { addServerOptions, type ServerOptions } from "../options/server-options.js";
import type { CliCommand } from "../command.js";
import { host } from "../host.js";
import { UsageError } from "../usage-error.js";

interface ClockCommandOptions extends ServerOptions {
  readonly tz?: string;
}

/** `belfry clock` */
export const clockCommand: CliCommand<ClockCommandOptions> = {
  name: "clock",
  summary: "serve the time of day, a line a second",
  examples: [
    "belfry clock",
    "belfry clock --listen 127.0.0.1:8010 --tz America/New_York",
    "TZ=Asia/Tokyo belfry clock --listen :8020",
    "belfry clock --max-conns 1        # one client at a time, the others wait",
  ],
  configure(command) {
    command.option("--tz <zone>", "IANA time zone (default: TZ, else the system's)");
    addServerOptions(command);
  },
  async run({ options }, io) {
    const service = createClock(options.tz, io.env["TZ"]);
    return host([{ name: "clock", address: options.listen, service }], options, io);
  },
};

function createClock(tz: string | undefined, fromEnv: string | undefined): Service {
  // The C library takes a zone with a colon before it, too.
  const timeZone = tz ?? (fromEnv?.replace(/^:/, "") || undefined);
  try {
    return clock({ timeZone });
  } catch (error) {
    throw new UsageError(`Cannot use ${tz === undefined ? "TZ" : "--tz"} "${timeZone}": unknown time zone`, {
      cause: error,
    });
  }
}
