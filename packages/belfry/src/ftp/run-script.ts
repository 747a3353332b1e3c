import { createInterface } from "node:readline";
import type { Io } from "../io.js";
import { describe, FTP_EXIT, FtpFailure } from "./errors.js";
import type { Shell } from "./shell.js";
import { splitCommands, splitWords } from "./split-words.js";

/** How a script is run. */
export interface ScriptOptions {
  readonly io: Io;
  /** Whether a command that fails is not the end. */
  readonly isKeptGoing: boolean;
}

/**
 * Runs commands until one fails.
 *
 * @param commands each is split into words when its turn has come.
 * @returns the exit status: that of the first command that failed.
 * @throws what stops the whole client, as an `Interrupted`.
 */
export async function runScript(
  shell: Shell,
  commands: AsyncIterator<() => string[]>,
  { io, isKeptGoing }: ScriptOptions,
): Promise<number> {
  let status: number = FTP_EXIT.ok;
  let isAtEnd = false;
  while (!shell.state.isOver && !isAtEnd) {
    const next = await shell.wait(commands.next());
    isAtEnd = next.done === true;
    try {
      const words = next.done === true ? [] : next.value();
      if (isAtEnd) await shell.settle();
      else if (words.length > 0) await shell.run(words);
    } catch (error) {
      if (!(error instanceof FtpFailure)) throw error;
      io.stderr.write(`belfry: ${describe(error)}\n`);
      if (status === FTP_EXIT.ok) status = error.status;
      if (!isKeptGoing) break;
    }
  }
  return status;
}

/** The commands of `-c`. */
export async function* commandsOf(texts: readonly string[]): AsyncGenerator<() => string[]> {
  for (const text of texts) {
    let commands: string[][];
    try {
      commands = splitCommands(text);
    } catch (error) {
      // Told where it would have been run.
      yield () => {
        throw error;
      };
      continue;
    }
    for (const words of commands) yield () => words;
  }
}

/** The commands of standard input, one a line; what begins with `#` is a remark. */
export async function* commandsIn(input: Io["stdin"]): AsyncGenerator<() => string[]> {
  for await (const line of createInterface({ input, terminal: false, crlfDelay: Number.POSITIVE_INFINITY })) {
    yield () => (/^\s*#/.test(line) ? [] : splitWords(line));
  }
}
