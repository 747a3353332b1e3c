/**
 * The virtual path a client's argument names: absolute, without `.`, `..`, doubled or trailing slashes. `..` stops at
 * the root. Everything but `/` and these two names belongs to names, backslashes too.
 *
 * @param directory the working directory: such a path.
 * @param argument absolute or relative; empty for the directory itself.
 */
export function resolvePath(directory: string, argument: string): string {
  const joined = argument.startsWith("/") ? argument : `${directory}/${argument}`;
  const names: string[] = [];
  for (const name of joined.split("/")) {
    if (name === "" || name === ".") continue;
    if (name === "..") names.pop();
    else names.push(name);
  }
  return `/${names.join("/")}`;
}

/** In quotes, those within doubled, as 257 shows it (RFC 959 Appendix II). */
export function quotePath(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}

/** The directory a path lies in; the root lies in itself. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** The last name of a path; `"/"` for the root. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1) || "/";
}
