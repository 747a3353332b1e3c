import { wordUsage } from "../errors.js";
import { quoted } from "../names.js";
import type { Word } from "./word.js";

/**
 * Finds the word that a name or the beginning of one means; large and small letters are alike.
 *
 * @throws {FtpFailure} when there is none, or more than one.
 */
export function findWord(words: readonly Word[], typed: string): Word {
  const start = typed.toLowerCase();
  const namesOf = ({ name, aliases = [] }: Word): readonly string[] => [name, ...aliases];
  const exact = words.find((word) => namesOf(word).includes(start));
  if (exact !== undefined) return exact;
  const fitting = words.filter((word) => namesOf(word).some((name) => name.startsWith(start)));
  const [only, second] = fitting;
  if (only !== undefined && second === undefined) return only;
  if (only === undefined) throw wordUsage(`Cannot understand ${quoted(typed)}: no such command; "help" lists them`);
  const meant = fitting.map(({ name }) => name).join(", ");
  throw wordUsage(`Cannot understand ${quoted(typed)}: it may mean ${meant}`);
}
