import { Command, type CommanderError } from "commander";
import type { CliCommand } from "./command.js";
import type { Io } from "./io.js";
import { readVersion } from "./version.js";

/**
 * Makes the parser of the whole command line.
 *
 * It never ends the process and never writes errors: a bad line, `--help` and `--version` make it throw Commander's
 * error, help and version already written to `io`.
 *
 * @param table the commands.
 * @param onStatus called with a command's exit status once it has run.
 */
export function createProgram(table: readonly CliCommand[], io: Io, onStatus: (status: number) => void): Command {
  const program = new Command("belfry")
    .description("Concurrent TCP services and their clients, on the command line.")
    .version(readVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      // Errors arrive as exceptions and are written once, in one line, by whoever catches them.
      writeErr: () => {},
      getOutHelpWidth: () => io.stdout.columns || 100,
    })
    .exitOverride();
  for (const entry of table) program.addCommand(createCommand(entry, program, io, onStatus));
  return program.addHelpText("after", examplesText(table.flatMap(({ examples }) => examples.slice(0, 1))));
}

/** One line for an error of the parser: what is wrong, and what was probably meant. */
export function describeParseError(error: CommanderError): string {
  // `belfry help nonsense` ends in this one, which has no words of its own.
  if (error.code === "commander.help") return "no help for an unknown command; see belfry --help";
  const text = error.message
    .replace(/^error: /, "")
    .replaceAll(/\s*\n\s*/g, " ")
    .replace(/\.$/, "");
  return text.includes("Did you mean") ? text : `${text}; see belfry --help`;
}

function createCommand(entry: CliCommand, program: Command, io: Io, onStatus: (status: number) => void): Command {
  const command = new Command(entry.name)
    .copyInheritedSettings(program)
    .summary(entry.summary)
    .description(`${entry.summary.charAt(0).toUpperCase()}${entry.summary.slice(1)}.`)
    .aliases([...(entry.aliases ?? [])])
    .helpOption("-h, --help", "print help")
    .addHelpText("after", examplesText(entry.examples));
  entry.configure(command);
  return command.action(async () => {
    onStatus(await entry.run({ args: command.args, options: command.opts() }, io));
  });
}

function examplesText(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}
