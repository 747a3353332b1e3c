import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A directory's files by name: what is in them and when they were changed. */
export type Tree = Readonly<Record<string, string>>;

/** A second that clients can keep: whole, in the past, and its own for each `index`. */
export function timeOf(index: number): Date {
  return new Date(Date.UTC(2023, 4, 6, 7, 8, 9) + index * 61_000);
}

/** Bytes that are the same for the same arguments and look like nothing: line ends, IACs and zeros among them. */
export function bytesOf(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed * 2_654_435_761 + 1;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Writes a file, and the directories to it. */
export function putFile(path: string, content: Uint8Array | string, modified = timeOf(0)): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  utimesSync(path, modified, modified);
}

/** Writes `count` files of different sizes into `directories` directories of `folder`, one of them inside another. */
export function putTree(folder: string, count: number, directories: number): void {
  for (let index = 0; index < count; index++) {
    const directory = index % directories;
    const path = directory === 0 ? "d 1/inner" : `d ${directory}`;
    putFile(join(folder, path, `file-${index}.bin`), bytesOf((index * 37) % 5000, index + 1), timeOf(index));
  }
}

/** What is below a folder. Directories are there with a slash at the end; the bytes of names are taken as Latin-1. */
export function readTree(folder: string): Tree {
  const tree: Record<string, string> = {};
  const visit = (directory: Buffer, prefix: string): void => {
    for (const name of readdirSync(directory, { encoding: "buffer" })) {
      const path = Buffer.concat([directory, Buffer.from("/"), name]);
      const info = statSync(path);
      const shown = `${prefix}${name.toString("latin1")}`;
      if (info.isDirectory()) {
        tree[`${shown}/`] = "";
        visit(path, `${shown}/`);
      } else {
        const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
        tree[shown] = `${info.size} ${new Date(info.mtimeMs).toISOString()} ${digest.slice(0, 16)}`;
      }
    }
  };
  visit(Buffer.from(folder), "");
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The names and contents alone of {@link readTree}, for clients that keep no times. */
export function readContents(folder: string): Tree {
  return Object.fromEntries(
    Object.entries(readTree(folder)).map(([name, facts]) => [name, facts.replace(/ \S+Z /, " ")]),
  );
}
