import { constants, readFileSync, type Stats } from "node:fs";
import type { FileInfo, FileType } from "../storage.js";

/** What is needed of what the system says of a file. */
export type FileStats = Pick<
  Stats,
  "mode" | "size" | "mtimeMs" | "birthtimeMs" | "nlink" | "uid" | "gid" | "dev" | "ino"
>;

/**
 * Makes what is told of a file from what the system says of it.
 *
 * @param hasUnique whether `unique` is wanted, the dearest of it. Default `true`.
 */
export type MakeInfo = (name: string, stats: FileStats, hasUnique?: boolean) => FileInfo;

const { S_IFMT, S_IFREG, S_IFDIR, S_IFLNK } = constants;

/** @param owners whether to tell numbers or the names of `/etc/passwd` and `/etc/group`, which are read once. */
export function createMakeInfo(owners: "numeric" | "names"): MakeInfo {
  const users = owners === "names" ? readNames("/etc/passwd") : null;
  const groups = owners === "names" ? readNames("/etc/group") : null;
  return (name, stats, hasUnique = true) => {
    const type = typeOf(stats.mode);
    return {
      name,
      type,
      size: type === "file" ? stats.size : 0,
      modified: Math.round(stats.mtimeMs),
      // Zero where the file system does not know.
      created: stats.birthtimeMs > 0 ? Math.round(stats.birthtimeMs) : undefined,
      mode: stats.mode & 0o7777,
      owner: users?.get(stats.uid) ?? String(stats.uid),
      group: groups?.get(stats.gid) ?? String(stats.gid),
      links: stats.nlink,
      unique: hasUnique ? uniqueOf(stats) : undefined,
    };
  };
}

/** @param mode as in `stat(2)`, with the bits of the type. */
export function typeOf(mode: number): FileType {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "file";
    case S_IFDIR:
      return "directory";
    default:
      return (mode & S_IFMT) === S_IFLNK ? "link" : "other";
  }
}

function uniqueOf({ dev, ino }: FileStats): string | undefined {
  // Beyond that numbers are rounded, and two files could have one.
  return ino <= Number.MAX_SAFE_INTEGER ? `${dev.toString(36)}g${ino.toString(36)}` : undefined;
}

/** Name by number from a file like `passwd(5)`; empty where there is none. */
function readNames(path: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return names;
  }
  for (const line of text.split("\n")) {
    const [name, , id] = line.split(":");
    if (name && id && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}
