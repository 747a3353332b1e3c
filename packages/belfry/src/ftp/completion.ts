import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type FtpContext, localPath } from "./context.js";
import { isSafeName, remoteFolder, remoteName } from "./names.js";
import type { Completer } from "./prompt.js";
import { escapeWord, splitOpenLine } from "./split-words.js";
import { findWord } from "./words/find-word.js";
import type { Completion, Word } from "./words/word.js";

/**
 * Makes the completer of one prompt: commands first, then names here or on the server, whichever the command takes.
 *
 * It remembers listings for as long as the prompt stands.
 */
export function createCompleter(words: readonly Word[], context: FtpContext): Completer {
  const listings = new Map<string, Promise<readonly Candidate[]>>();
  return async (line) => {
    const { words: before, last, raw } = splitOpenLine(line);
    if (before.length === 0) return [finish(wordCandidates(words, last)), raw];
    try {
      const { completions = [] } = findWord(words, before[0] ?? "");
      const kind = completions[Math.min(before.length, completions.length) - 1];
      if (kind === undefined) return [[], raw];
      const candidates = kind === "word" ? wordCandidates(words, last) : await names(kind, last, context, listings);
      return [finish(candidates), raw];
    } catch {
      // No word of it: what was typed is told when it is run, and what the server denies is nothing to choose from.
      return [[], raw];
    }
  };
}

/** What a word may be completed to. */
interface Candidate {
  readonly text: string;
  readonly isDirectory: boolean;
}

function wordCandidates(words: readonly Word[], start: string): Candidate[] {
  return words
    .flatMap(({ name, aliases = [] }) => [name, ...aliases])
    .filter((name) => name.startsWith(start.toLowerCase()))
    .sort()
    .map((text) => ({ text, isDirectory: false }));
}

async function names(
  kind: Completion,
  last: string,
  context: FtpContext,
  listings: Map<string, Promise<readonly Candidate[]>>,
): Promise<Candidate[]> {
  const folder = remoteFolder(last);
  const start = remoteName(last);
  const isRemote = kind.startsWith("remote");
  const key = `${isRemote ? "remote" : "local"} ${folder}`;
  const listing = listings.get(key) ?? (isRemote ? listRemote(context, folder) : listLocal(context, folder));
  listings.set(key, listing);
  return (await listing)
    .filter(({ text }) => text.startsWith(start) && (start !== "" || !text.startsWith(".")))
    .filter(({ isDirectory }) => isDirectory || !kind.endsWith("-directory"))
    .map(({ text, isDirectory }) => ({ text: folder + text, isDirectory }));
}

async function listRemote({ remote, signal }: FtpContext, folder: string): Promise<Candidate[]> {
  const files = await remote().list(folder, signal);
  return files
    .filter(({ name }) => isSafeName(name))
    .map(({ name, isDirectory }) => ({ text: name, isDirectory }))
    .sort((one, other) => (one.text < other.text ? -1 : 1));
}

async function listLocal(context: FtpContext, folder: string): Promise<Candidate[]> {
  const entries = await readdir(join(localPath(context, folder)), { withFileTypes: true });
  return entries
    .filter(({ name }) => isSafeName(name))
    .map((entry) => ({ text: entry.name, isDirectory: entry.isDirectory() }))
    .sort((one, other) => (one.text < other.text ? -1 : 1));
}

/** A slash leads on; a blank ends a word that can be nothing else. */
function finish(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ text, isDirectory }) => {
    const end = isDirectory ? "/" : candidates.length === 1 ? " " : "";
    return escapeWord(text) + end;
  });
}
