import { readFileSync, readlinkSync } from "node:fs";

/** A Unix socket as Linux lists it. */
export interface UnixSocket {
  readonly listens: boolean;
  /** Its file, or its name, which begins with `@`; `null` for one that is not bound. */
  readonly path: string | null;
}

/** By what Linux knows a socket of this process; `null` for what is none, and on other systems. */
export function inodeOf(descriptor: number): string | null {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[1] ?? null;
  } catch {
    // Not Linux, or not open.
    return null;
  }
}

/** @returns `null` for a socket of another kind, or of another network namespace. */
export function findUnixSocket(inode: string): UnixSocket | null {
  for (const line of readLines("unix")) {
    // Num RefCount Protocol Flags Type St Inode Path
    const [, flags = "", its, path = ""] = /^\S+ \S+ \S+ (\S+) \S+ \S+ +(\d+)(?: (.+))?$/.exec(line) ?? [];
    if (its === inode) return { listens: (Number.parseInt(flags, 16) & ACCEPTS) !== 0, path: path || null };
  }
  return null;
}

/** `__SO_ACCEPTCON` of the kernel. */
const ACCEPTS = 0x10000;

/**
 * The columns of a list of proc(5), a row each, without its heading; empty where there is none.
 *
 * @param table such as `tcp`: there the fourth column is the state and the tenth the inode.
 */
export function readNetTable(table: string): readonly (readonly string[])[] {
  return readLines(table).map((line) => line.trim().split(/\s+/));
}

function readLines(table: string): readonly string[] {
  try {
    return readFileSync(`/proc/net/${table}`, "utf8").split("\n").slice(1);
  } catch {
    // Not Linux, or hidden from us.
    return [];
  }
}
