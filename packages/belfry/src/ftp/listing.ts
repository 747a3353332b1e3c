import type { FileInfo } from "basic-ftp";
import stringWidth from "string-width";
import { formatDate } from "./format.js";
import { printable } from "./names.js";

/** Directories with a slash, links with an arrow, in columns: kind and mode, owner, size, time, name. */
export function longListing(files: readonly FileInfo[]): string {
  const rows = sorted(files).map((file) => [modeOf(file), ownerOf(file), sizeOf(file), timeOf(file), nameOf(file)]);
  return table(rows, new Set([2]));
}

/** Names alone, one a line. */
export function shortListing(files: readonly FileInfo[]): string {
  return sorted(files)
    .map(({ name }) => `${printable(name)}\n`)
    .join("");
}

/** Words in columns that fill the width, read downwards; each line indented by two. */
export function columns(words: readonly string[], width: number): string {
  const cell = Math.max(...words.map((word) => stringWidth(word))) + 2;
  const across = Math.max(1, Math.floor((width - 2) / cell));
  const rows = Math.ceil(words.length / across);
  const lines = Array.from({ length: rows }, (_, row) =>
    words
      .filter((_, at) => at % rows === row)
      .map((word) => word + " ".repeat(cell - stringWidth(word)))
      .join(""),
  );
  return lines.map((line) => `  ${line.trimEnd()}\n`).join("");
}

/** Rows in columns as wide as their widest cell; those in `right` are set to the right. */
export function table(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, stringWidth(cell));
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => {
        const blank = " ".repeat((widths[at] ?? 0) - stringWidth(cell));
        return right.has(at) ? blank + cell : cell + blank;
      })
      // A column in which nothing is known takes no room.
      .filter((_, at) => widths[at] !== 0)
      .join("  ")
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join("");
}

function sorted(files: readonly FileInfo[]): readonly FileInfo[] {
  return files.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function modeOf({ isDirectory, isSymbolicLink, permissions }: FileInfo): string {
  const kind = isDirectory ? "d" : isSymbolicLink ? "l" : "-";
  if (permissions === undefined) return kind;
  const { user, group, world } = permissions;
  const bits = [user, group, world].map((bits) =>
    ["r", "w", "x"].map((letter, at) => ((bits >> (2 - at)) & 1 ? letter : "-")).join(""),
  );
  return kind + bits.join("");
}

function ownerOf({ user, group }: FileInfo): string {
  return printable([user, group].filter((name) => name !== undefined).join(":"));
}

function sizeOf({ isDirectory, size }: FileInfo): string {
  return isDirectory ? "" : String(size);
}

function timeOf({ modifiedAt, rawModifiedAt }: FileInfo): string {
  const isKnown = modifiedAt !== undefined && !Number.isNaN(modifiedAt.getTime());
  return isKnown ? formatDate(modifiedAt) : printable(rawModifiedAt);
}

function nameOf({ name, isDirectory, link }: FileInfo): string {
  const shown = printable(name);
  if (link !== undefined) return `${shown} -> ${printable(link)}`;
  return isDirectory ? `${shown}/` : shown;
}
