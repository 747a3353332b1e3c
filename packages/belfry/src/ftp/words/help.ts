import type { FtpContext } from "../context.js";
import { sizeOf } from "../../terminal/size-of.js";
import { columns } from "../listing.js";
import { findWord } from "./find-word.js";
import type { Word, WordGroup } from "./word.js";

const HEADINGS: readonly (readonly [WordGroup, string])[] = [
  ["session", "Session"],
  ["remote", "On the server"],
  ["local", "Here"],
  ["transfer", "Files"],
  ["settings", "Settings"],
];

const MAX_WIDTH = 100;

/** @param words gives every word, this one too. */
export function helpWord(words: () => readonly Word[]): Word {
  return {
    name: "help",
    aliases: ["?"],
    group: "session",
    usage: "[WORD]",
    summary: "list the commands, or explain one",
    arity: [0, 1],
    completions: ["word"],
    run: (context, [name]) =>
      context.say(name === undefined ? overview(words(), context) : explain(findWord(words(), name))),
  };
}

/** How a word is typed: `get REMOTE [LOCAL]`. */
export function synopsis({ name, usage }: Word): string {
  return usage === "" ? name : `${name} ${usage}`;
}

function overview(words: readonly Word[], { io }: FtpContext): string {
  const width = Math.min(MAX_WIDTH, sizeOf(io.stdout).columns);
  const listed = words.map((word) => ({ word, shown: [word.name, ...(word.aliases ?? [])].join(", ") }));
  // One width for all, so that the columns of each group stand under those of the last.
  const cell = Math.max(...listed.map(({ shown }) => shown.length));
  const groups = HEADINGS.map(([group, heading]) => {
    const members = listed.filter(({ word }) => word.group === group).map(({ shown }) => shown.padEnd(cell));
    return `${heading}\n${columns(members, width)}`;
  });
  return `${groups.join("\n")}\n"help WORD" explains one. Its beginning will do where it fits no other.\nQuotes keep blanks in names; Tab completes them.\n`;
}

function explain(word: Word): string {
  const aliases = word.aliases === undefined ? "" : `  also: ${word.aliases.join(", ")}\n`;
  return `  ${synopsis(word)}\n      ${word.summary}\n${aliases}`;
}
