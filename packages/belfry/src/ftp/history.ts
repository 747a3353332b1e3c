import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Io } from "../io.js";
import { printable } from "./names.js";
import { splitWords } from "./split-words.js";
import { findWord } from "./words/find-word.js";
import type { Word } from "./words/word.js";

/** Lines that are kept from one run to the next. */
export const MAX_HISTORY = 1000;
/** Characters of a line that is kept. */
const MAX_LINE = 1000;

/** Where the history lies: `$XDG_STATE_HOME/belfry/ftp-history`, or under `~/.local/state`. */
export function historyPath({ env }: Pick<Io, "env">): string {
  const home = env["HOME"] ?? homedir();
  return join(env["XDG_STATE_HOME"] || join(home, ".local", "state"), "belfry", "ftp-history");
}

/** @returns the lines, newest first; none when there is no history or it cannot be read. */
export async function loadHistory(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "" && line.length <= MAX_LINE && printable(line) === line)
    .toReversed()
    .slice(0, MAX_HISTORY);
}

/** Keeps lines, newest first, where nobody else can read them. One that cannot be kept is lost without a word. */
export async function saveHistory(path: string, lines: readonly string[]): Promise<void> {
  const kept = lines.filter((line) => line.length <= MAX_LINE).slice(0, MAX_HISTORY);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const temporary = `${path}.${process.pid}`;
    await writeFile(
      temporary,
      kept
        .toReversed()
        .map((line) => `${line}\n`)
        .join(""),
      { mode: 0o600 },
    );
    await rename(temporary, path);
  } catch {
    // A read-only home is no reason to complain at the end of a session.
  }
}

/** Whether a line may be kept: it holds no password, and does not begin with a blank, which asks for that. */
export function isKept(line: string, words: readonly Word[]): boolean {
  if (line.trim() === "" || /^\s/.test(line)) return false;
  try {
    const [name = "", ...args] = splitWords(line);
    const word = findWord(words, name).name;
    if (word === "user") return args.length < 2;
    if (word === "quote") return !/^(?:pass|acct|user)$/i.test(args[0] ?? "");
    return word !== "open" || !/:[^/@]*@/.test(args[0] ?? "");
  } catch {
    // What was not understood may be a mistyped `user NAME PASSWORD`.
    return false;
  }
}
