import { linkSync, lstatSync, renameSync } from "node:fs";

/** A file's identity; `null` when there is none. */
export function identify(path: string): string | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}

/**
 * Calls what closes a Unix socket, which removes whatever file is at `path`, and leaves there what is not `own`.
 *
 * @param own as {@link identify} gives it.
 */
export function spareOther<T>(path: string, own: string | null, close: () => T): T {
  const found = identify(path);
  if (process.platform === "win32" || found === null || found === own) return close();
  const aside = `${path}.${process.pid}`;
  try {
    linkSync(path, aside);
  } catch {
    // Where that is not possible it goes; there is no other way to close.
    return close();
  }
  try {
    return close();
  } finally {
    renameSync(aside, path);
  }
}
