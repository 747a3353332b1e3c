import { echo } from "@belfry/reverb";
import type { CliCommand } from "../command.js";
import { host } from "../host.js";
import { addServerOptions, durationOption, type ServerOptions } from "../options/server-options.js";

interface EchoCommandOptions extends ServerOptions {
  readonly idleTimeout: number;
}

/** `belfry echo` */
export const echoCommand: CliCommand<EchoCommandOptions> = {
  name: "echo",
  summary: "send bytes back as they came",
  examples: ["belfry echo --listen 127.0.0.1:8007", "belfry echo --listen unix:/tmp/echo.sock"],
  configure(command) {
    command.addOption(durationOption("--idle-timeout", "disconnect clients silent for so long", 0));
    addServerOptions(command);
  },
  run: ({ options }, io) => {
    const { listen: address, idleTimeout } = options;
    return host([{ name: "echo", address, service: echo(), idleTimeout }], options, io);
  },
};
