import { lstatSync, statSync } from "node:fs";

/** Why a path cannot be read as a file, in words; `null` when it probably can. Never throws. */
export function lookAtFile(path: string): string | null {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return isThere(path) ? "it is a link to what is not there" : "there is no such file";
    return found.isDirectory() ? "it is a directory" : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "it cannot be read";
  }
}

/** Whether there is anything of that name, and be it a link to nowhere. @throws the system's error when it does not say. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
