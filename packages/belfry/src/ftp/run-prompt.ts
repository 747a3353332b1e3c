import type { Io } from "../io.js";
import { createCompleter } from "./completion.js";
import { describe, FTP_EXIT, FtpFailure } from "./errors.js";
import { isKept } from "./history.js";
import { Interrupted } from "./interrupted.js";
import type { Prompt } from "./prompt.js";
import type { Shell } from "./shell.js";
import { splitWords } from "./split-words.js";
import { WORDS } from "./words.js";

const PROMPT = "ftp> ";

/**
 * Reads commands from a terminal and runs them until the user quits.
 *
 * @returns the exit status: 0, whatever failed meanwhile, for the user has seen it.
 * @throws {Interrupted} on a second Ctrl-C in a row, and on SIGTERM.
 */
export async function runPrompt(shell: Shell, prompt: Prompt, io: Io): Promise<number> {
  let isInterrupted = false;
  while (!shell.state.isOver) {
    try {
      const complete = createCompleter(WORDS, shell.context(new AbortController().signal));
      const line = await shell.wait(prompt.read(PROMPT, { complete, isKept: (text) => isKept(text, WORDS) }));
      if (line === null) {
        // Ctrl-D leaves the cursor behind the prompt.
        io.stdout.write("\n");
        break;
      }
      isInterrupted = false;
      const words = splitWords(line);
      if (words.length > 0) await attempt(() => shell.run(words), io);
    } catch (error) {
      if (error instanceof FtpFailure) {
        io.stderr.write(`${describe(error)}\n`);
      } else if (error instanceof Interrupted && error.status === FTP_EXIT.interrupted && !isInterrupted) {
        isInterrupted = true;
        io.stderr.write("Ctrl-C once more, Ctrl-D or quit ends this\n");
      } else throw error;
    }
  }
  return FTP_EXIT.ok;
}

/** Runs something for a person: what fails is told, and an interrupted transfer is no reason to leave. */
export async function attempt(run: () => Promise<void>, io: Io): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof FtpFailure) io.stderr.write(`${describe(error)}\n`);
    else if (error instanceof Interrupted && error.status === FTP_EXIT.interrupted) io.stderr.write("stopped\n");
    else throw error;
  }
}
