import type { Command } from "commander";
import type { Io } from "./io.js";

/** What was typed after a command's name. */
export interface Invocation<Options> {
  /** The arguments that are no options, in order. */
  readonly args: readonly string[];
  /** The options in camel case, parsed, with their defaults. */
  readonly options: Options;
}

/** One command of `belfry`. Each stands in a file of its own under `commands/` and in the table of `commands.ts`. */
export interface CliCommand<Options = unknown> {
  readonly name: string;
  /** Other names for it; they work and are shown in its help. */
  readonly aliases?: readonly string[];
  /** One line for the list of commands: what it does, without a full stop. */
  readonly summary: string;
  /** Lines to type, shown in its help. */
  readonly examples: readonly string[];
  /** Declares arguments and options. Parsers throw {@link UsageError}. */
  configure(command: Command): void;
  /**
   * Does the work.
   *
   * @returns the exit status; see `EXIT`.
   * @throws {UsageError} for usage that only shows itself here: one line, exit 2.
   * @throws anything else for failure: its message is shown as one line, exit 1.
   */
  run(invocation: Invocation<Options>, io: Io): Promise<number>;
}
