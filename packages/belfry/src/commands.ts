import type { CliCommand } from "./command.js";
import { clockCommand } from "./commands/clock.js";
import { clockwallCommand } from "./commands/clockwall.js";
import { echoCommand } from "./commands/echo.js";
import { netcatCommand } from "./commands/netcat.js";
import { reverbCommand } from "./commands/reverb.js";
import { serveCommand } from "./commands/serve.js";

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly CliCommand[] = [
  serveCommand,
  clockCommand,
  echoCommand,
  reverbCommand,
  netcatCommand,
  clockwallCommand,
];
