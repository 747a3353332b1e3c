import type { CliCommand } from "./command.js";

/** Every command by its name, in the order in which help lists them. Each is loaded when it is needed: most need little of the program. */
const LOADERS: Readonly<Record<string, () => Promise<CliCommand>>> = {
  serve: async () => (await import("./commands/serve.js")).serveCommand,
  check: async () => (await import("./commands/check.js")).checkCommand,
  init: async () => (await import("./commands/init.js")).initCommand,
  status: async () => (await import("./commands/status.js")).statusCommand,
  top: async () => (await import("./commands/top.js")).topCommand,
  reload: async () => (await import("./commands/reload.js")).reloadCommand,
  drain: async () => (await import("./commands/drain.js")).drainCommand,
  suspend: async () => (await import("./commands/suspend.js")).suspendCommand,
  resume: async () => (await import("./commands/resume.js")).resumeCommand,
  kick: async () => (await import("./commands/kick.js")).kickCommand,
  clock: async () => (await import("./commands/clock.js")).clockCommand,
  echo: async () => (await import("./commands/echo.js")).echoCommand,
  reverb: async () => (await import("./commands/reverb.js")).reverbCommand,
  ftpd: async () => (await import("./commands/ftpd.js")).ftpdCommand,
  netcat: async () => (await import("./commands/netcat.js")).netcatCommand,
  ftp: async () => (await import("./commands/ftp.js")).ftpCommand,
  clockwall: async () => (await import("./commands/clockwall.js")).clockwallCommand,
};

/**
 * The commands that a command line may mean.
 *
 * @param first its first word. When that is a command's name, the command alone; else all of them, for help and for what was probably meant.
 */
export async function loadCommands(first: string | undefined): Promise<readonly CliCommand[]> {
  const load = first !== undefined && Object.hasOwn(LOADERS, first) ? LOADERS[first] : undefined;
  return load === undefined ? Promise.all(Object.values(LOADERS).map((each) => each())) : [await load()];
}
