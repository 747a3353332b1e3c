import { CommanderError } from "commander";
import { createProgram, describeParseError } from "./cli.js";
import { loadCommands } from "./commands.js";
import { EXIT } from "./exit-status.js";
import type { Io } from "./io.js";
import { untilWritten } from "./supervisor/until-written.js";
import { UsageError } from "./usage-error.js";

/**
 * Runs one command line to its end.
 *
 * Never rejects and never ends the process: whatever goes wrong becomes one line on `io.stderr`.
 *
 * @param args what was typed after `belfry`.
 * @returns the exit status: 0 done, 1 failed, 2 wrong usage, 130 a client stopped by SIGINT.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const status = await run(args, io);
  // The end of a log, say. Who has stopped a client does not wait for a reader that may have stalled.
  if (status !== EXIT.interrupted) await untilWritten([io.stderr]);
  return status;
}

async function run(args: readonly string[], io: Io): Promise<number> {
  let status: number = EXIT.ok;
  const program = createProgram(await loadCommands(args[0]), io, (ended) => (status = ended));
  if (args.length === 0) {
    io.stderr.write(program.helpInformation());
    return EXIT.usage;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    return report(error, io);
  }
}

function report(error: unknown, io: Io): number {
  if (error instanceof CommanderError) {
    // Help and version end the parse the same way as errors do.
    if (error.exitCode === 0) return EXIT.ok;
    complain(describeParseError(error), io);
    return EXIT.usage;
  }
  for (const each of error instanceof AggregateError ? error.errors : [error]) {
    complain(each instanceof Error ? each.message : String(each), io);
  }
  return error instanceof UsageError ? EXIT.usage : EXIT.failure;
}

function complain(message: string, io: Io): void {
  io.stderr.write(`belfry: ${message.replaceAll(/\s*\n\s*/g, " ")}\n`);
}
