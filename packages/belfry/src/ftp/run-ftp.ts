import { OutputError } from "@belfry/netcat";
import type { Io } from "../io.js";
import { describe, FtpFailure } from "./errors.js";
import { historyPath, loadHistory, saveHistory } from "./history.js";
import { Interrupted } from "./interrupted.js";
import type { FtpFlags } from "./options.js";
import { Prompt } from "./prompt.js";
import { attempt, runPrompt } from "./run-prompt.js";
import { commandsIn, commandsOf, runScript } from "./run-script.js";
import { Shell } from "./shell.js";
import type { Target } from "./target.js";

/** What a shell reports of a program ended by SIGPIPE, which is how others end when nobody reads them. */
const READER_GONE = 141;

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Runs the client: at a prompt when standard input is a terminal and no commands are given, else as a script.
 *
 * @returns the exit status; see `FTP_EXIT`.
 */
export async function runFtp(target: Target | null, flags: FtpFlags, io: Io): Promise<number> {
  const isTerminal = io.stdin.isTTY === true;
  const isInteractive = isTerminal && flags.command === undefined;
  const path = historyPath(io);
  const prompt = isTerminal ? new Prompt(io, isInteractive ? await loadHistory(path) : []) : null;
  const ask =
    prompt === null
      ? null
      : (question: string, isSecret = false) => (isSecret ? prompt.readSecret(question) : prompt.read(question));
  const isInputRead = !isTerminal && flags.command === undefined;
  const shell = new Shell({ io, flags, ask, isInteractive, isInputRead });
  const listeners = SIGNALS.map((signal) => [signal, () => shell.interrupt(signal)] as const);
  for (const [signal, listener] of listeners) io.signals.on(signal, listener);
  try {
    if (prompt !== null && isInteractive) {
      if (target !== null) await attempt(() => shell.open(target), io);
      return await runPrompt(shell, prompt, io);
    }
    if (target !== null) await shell.open(target);
    const commands = flags.command === undefined ? commandsIn(io.stdin) : commandsOf(flags.command);
    return await runScript(shell, commands, { io, isKeptGoing: flags.keepGoing === true });
  } catch (error) {
    return statusOf(error, io);
  } finally {
    for (const [signal, listener] of listeners) io.signals.off(signal, listener);
    shell.close();
    if (prompt !== null && isInteractive) await saveHistory(path, prompt.history);
  }
}

function statusOf(error: unknown, io: Io): number {
  if (error instanceof Interrupted) return error.status;
  if (error instanceof OutputError && error.isReaderGone) return READER_GONE;
  if (!(error instanceof FtpFailure)) throw error;
  io.stderr.write(`belfry: ${describe(error)}\n`);
  return error.status;
}
