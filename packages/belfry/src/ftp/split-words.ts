import { wordUsage } from "./errors.js";

/** A line that is still being typed, for completion. */
export interface OpenLine {
  /** The words before the last. */
  readonly words: readonly string[];
  /** The last word so far, its quotes taken off. */
  readonly last: string;
  /** The same as typed. */
  readonly raw: string;
}

/**
 * Splits a line into words as shells do: `"…"` and `'…'` keep blanks, a backslash keeps the sign after it.
 *
 * A backslash before any other sign than a blank, a quote, `;` or a backslash is a plain one, as Windows' paths have them.
 *
 * @throws {FtpFailure} when a quote is not closed.
 */
export function splitWords(line: string): string[] {
  return splitCommands(line, false)[0] ?? [];
}

/**
 * Splits `cd pub; get "a b"` into commands of words; empty ones are left out.
 *
 * @param hasSeparator whether `;` ends a command, as it does after `-c`.
 * @throws {FtpFailure} when a quote is not closed.
 */
export function splitCommands(text: string, hasSeparator = true): string[][] {
  const { commands, quote } = scan(text, hasSeparator);
  if (quote !== "") throw wordUsage(`Cannot read the command: the quote ${quote} is not closed`);
  return commands.filter((words) => words.length > 0).map((words) => words.map(({ text }) => text));
}

/** Splits what stands before the cursor, with an open quote left open. */
export function splitOpenLine(line: string): OpenLine {
  const { commands, isInWord } = scan(line, false);
  const words = commands[0] ?? [];
  const last = isInWord ? words[words.length - 1] : undefined;
  return {
    words: words.slice(0, last === undefined ? words.length : -1).map(({ text }) => text),
    last: last?.text ?? "",
    raw: last === undefined ? "" : line.slice(last.start),
  };
}

/** A name as it is typed: with a backslash before what would end it. */
export function escapeWord(name: string): string {
  return name.replaceAll(/[\s"'\\;]/g, "\\$&");
}

interface ScannedWord {
  text: string;
  readonly start: number;
}

interface Scanned {
  readonly commands: readonly ScannedWord[][];
  /** The quote that is still open, or empty. */
  readonly quote: string;
  /** Whether the text ends within a word. */
  readonly isInWord: boolean;
}

function scan(text: string, hasSeparator: boolean): Scanned {
  const commands: ScannedWord[][] = [[]];
  let word: ScannedWord | null = null;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] as string;
    const isEscape = sign === "\\" && quote !== "'" && /[\s"'\\;]/.test(text[at + 1] ?? "");
    const isPlain = isEscape || (quote === "" ? !/["'\s]/.test(sign) : sign !== quote);
    if (!isEscape && quote === "" && sign === ";" && hasSeparator) {
      commands.push([]);
      word = null;
    } else if (quote === "" && !isPlain && /\s/.test(sign)) {
      word = null;
    } else {
      if (word === null) {
        word = { text: "", start: at };
        commands[commands.length - 1]?.push(word);
      }
      if (isEscape) word.text += text[++at];
      else if (isPlain) word.text += sign;
      else quote = quote === "" ? sign : "";
    }
  }
  return { commands, quote, isInWord: word !== null };
}
