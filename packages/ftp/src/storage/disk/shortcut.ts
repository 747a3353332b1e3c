import fs, { type BigIntStats } from "node:fs";
import { bytesToSystem } from "./system-path.js";

/** Nanoseconds after which every file system would write another time than that of the last change. */
const SETTLED = 2_000_000_000n;

/** A directory by its real path, which the kernel walks in half the time that the way through a descriptor takes. */
export interface Shortcut {
  /** One character a byte, with a slash at its end. */
  readonly prefix: string;
  /** Whether the prefix has led to that directory and nowhere else all the time since it was handed out. */
  holds(): boolean;
}

/** A directory that is held open below a root. */
export interface HeldDirectory {
  /** The real path of the root, one character a byte; `""` for the root of the machine. */
  readonly root: string;
  /** The real path of the directory, one character a byte. */
  readonly real: string;
  readonly fd: number;
}

/**
 * A shortcut to a directory. What leads somewhere else by its path must have been moved, or a link laid in its place, and that
 * changes the directory it is in: these are looked at before and after. One that has changed just now could change
 * once more without its time showing it, so there is no shortcut then.
 *
 * @param now milliseconds since the epoch.
 * @returns `null` also when one of them is on another file system than the root, whose times may mean less.
 */
export function takeShortcut({ root, real, fd }: HeldDirectory, now = Date.now()): Shortcut | null {
  try {
    const above = directoriesAbove(root, real);
    const before = above.map(look);
    const { dev, ino } = fs.fstatSync(fd, { bigint: true });
    // Before the directory itself is looked at: what changes from here on shows.
    if (!before.every((each) => each.isDirectory() && each.dev === dev && isSettled(each, now))) return null;
    const isThere = (): boolean => {
      const there = look(real || "/");
      return there.dev === dev && there.ino === ino;
    };
    if (!isThere()) return null;
    // A mount on the way changes no directory, so it is looked for at the end of the way.
    const holds = (): boolean => above.every((path, index) => isUnchanged(path, before[index])) && isThere();
    return { prefix: `${real}/`, holds: () => isTrue(holds) };
  } catch {
    return null;
  }
}

/** From the root on, without the directory itself: what is laid in it does not change where its path leads. */
function directoriesAbove(root: string, real: string): string[] {
  const paths: string[] = [];
  for (let end = real.indexOf("/", root.length); end !== -1; end = real.indexOf("/", end + 1)) {
    paths.push(real.slice(0, end) || "/");
  }
  return paths;
}

function look(path: string): BigIntStats {
  return fs.lstatSync(bytesToSystem(path), { bigint: true });
}

function isSettled({ ctimeNs }: BigIntStats, now: number): boolean {
  return BigInt(now) * 1_000_000n - ctimeNs > SETTLED;
}

function isUnchanged(path: string, before: BigIntStats | undefined): boolean {
  return look(path).ctimeNs === before?.ctimeNs;
}

function isTrue(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
