import type { Stats } from "node:fs";
import type { FileStats } from "./file-info.js";

/** Names in one directory, and where what is found out about them goes. */
export interface LookupTask {
  /** Stands in front of each name; one character a byte, like them. */
  readonly prefix: string;
  /** With a slash between each two, which is in no name. */
  readonly names: string;
  readonly found: LookedUp;
}

/** What was found out about names: some numbers for each, in their order. */
export type LookedUp = Float64Array<ArrayBuffer>;

/** What of `node:fs` it takes to look. */
interface Looking {
  readonly lstatSync: (path: string | Buffer, options: { readonly throwIfNoEntry: false }) => Stats | undefined;
}

const NUMBERS = 9;
/** In the place of a mode. */
const VANISHED = -1;
const FORBIDDEN = -2;

/** Room for what is found out about so many names. */
export function roomFor(count: number): LookedUp {
  return new Float64Array(count * NUMBERS);
}

/**
 * Looks at names, at once.
 *
 * A thread gets this as its own text, so it uses nothing of this file, and there is no function with a name in it: tools
 * that compile on the fly would call one of theirs for that.
 */
export function lookUp({ prefix, names, found }: LookupTask, { lstatSync }: Looking): void {
  const quietly = { throwIfNoEntry: false } as const;
  const notAscii = /[^\0-\x7f]/;
  let at = 0;
  for (const name of names.split("/")) {
    const path = prefix + name;
    try {
      const stats = lstatSync(notAscii.test(path) ? Buffer.from(path, "latin1") : path, quietly);
      found[at] = stats === undefined ? -1 : stats.mode;
      if (stats !== undefined) {
        found[at + 1] = stats.size;
        found[at + 2] = stats.mtimeMs;
        found[at + 3] = stats.birthtimeMs;
        found[at + 4] = stats.nlink;
        found[at + 5] = stats.uid;
        found[at + 6] = stats.gid;
        found[at + 7] = stats.dev;
        found[at + 8] = stats.ino;
      }
    } catch (error) {
      found[at] = (error as NodeJS.ErrnoException).code === "EACCES" ? -2 : -1;
    }
    at += 9;
  }
}

/** What was found of a name: `null` when it has vanished; nothing when it may be listed but not looked at. */
export function statsIn(found: LookedUp, index: number): FileStats | null | undefined {
  const at = index * NUMBERS;
  const mode = numberIn(found, at);
  if (mode === VANISHED) return null;
  if (mode === FORBIDDEN) return undefined;
  return {
    mode,
    size: numberIn(found, at + 1),
    mtimeMs: numberIn(found, at + 2),
    birthtimeMs: numberIn(found, at + 3),
    nlink: numberIn(found, at + 4),
    uid: numberIn(found, at + 5),
    gid: numberIn(found, at + 6),
    dev: numberIn(found, at + 7),
    ino: numberIn(found, at + 8),
  };
}

function numberIn(found: LookedUp, at: number): number {
  return found[at] ?? VANISHED;
}
