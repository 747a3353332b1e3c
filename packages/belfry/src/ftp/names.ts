/** C0, DEL and C1, which move a terminal's cursor, and what turns the direction of text. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/** Text as it may go to a terminal: whatever would move the cursor or turn the writing becomes `?`. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, "?");
}

/** A name in quotes, for a message. */
export function quoted(name: string): string {
  return `"${printable(name)}"`;
}

/**
 * Whether a name a server lists may become the name of a local file: one step down, never up or elsewhere, and nothing
 * that a terminal obeys.
 *
 * @param platform where backslash and colon are part of paths is Windows alone.
 */
export function isSafeName(name: string, platform: NodeJS.Platform = process.platform): boolean {
  if (name === "" || name === "." || name === "..") return false;
  if (name.includes("/") || printable(name) !== name) return false;
  return platform !== "win32" || !/[\\:<>|"?*]/.test(name);
}

/** The last part of a remote path: `pub/a.txt` → `a.txt`; empty when it ends in a slash. */
export function remoteName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What stands before the last part, with its slash: `pub/a.txt` → `pub/`; empty when there is none. */
export function remoteFolder(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
