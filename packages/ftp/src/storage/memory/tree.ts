import { nameOf, parentOf } from "../../protocol/path.js";
import { checkPath } from "../disk/system-path.js";
import type { FileInfo } from "../storage.js";
import { StorageError } from "../storage-error.js";

/** A file in memory; its bytes are the first `size` of `content`. */
export interface MemoryFile {
  readonly type: "file";
  readonly id: number;
  readonly created: number;
  modified: number;
  mode: number;
  content: Uint8Array;
  size: number;
  /** Bytes of it that are free again, since it was taken out of the tree; `null` while it is in it. */
  freed: number | null;
}

/** A directory in memory. */
export interface MemoryDirectory {
  readonly type: "directory";
  readonly id: number;
  readonly created: number;
  modified: number;
  mode: number;
  readonly entries: Map<string, MemoryNode>;
}

export type MemoryNode = MemoryFile | MemoryDirectory;

let made = 0;

export function makeDirectoryNode(): MemoryDirectory {
  const now = Date.now();
  made += 1;
  return { type: "directory", id: made, created: now, modified: now, mode: 0o755, entries: new Map() };
}

export function makeFileNode(): MemoryFile {
  const now = Date.now();
  made += 1;
  return {
    type: "file",
    id: made,
    created: now,
    modified: now,
    mode: 0o644,
    content: new Uint8Array(0),
    size: 0,
    freed: null,
  };
}

/** What is at a path; `undefined` when nothing is, also behind a file. @throws {StorageError} `invalid-name`. */
export function findNode(root: MemoryDirectory, path: string): MemoryNode | undefined {
  checkPath(path, "linux");
  let node: MemoryNode | undefined = root;
  for (const name of path === "/" ? [] : path.slice(1).split("/")) {
    node = node?.type === "directory" ? node.entries.get(name) : undefined;
  }
  return node;
}

/** What is at a path. @throws {StorageError} `not-found`. */
export function getNode(root: MemoryDirectory, path: string): MemoryNode {
  const node = findNode(root, path);
  if (node === undefined) throw new StorageError("not-found", path);
  return node;
}

/** The directory a path is in. @throws {StorageError} `not-found`. */
export function getParent(root: MemoryDirectory, path: string): MemoryDirectory {
  checkPath(path, "linux");
  const parent = findNode(root, parentOf(path));
  if (parent?.type !== "directory") throw new StorageError("not-found", path);
  return parent;
}

/** Puts a node in its place, or takes away what is there. */
export function placeNode(parent: MemoryDirectory, path: string, node: MemoryNode | null): void {
  if (node === null) parent.entries.delete(nameOf(path));
  else parent.entries.set(nameOf(path), node);
  parent.modified = Date.now();
}

export function describeNode(name: string, node: MemoryNode): FileInfo {
  return {
    name,
    type: node.type,
    size: node.type === "file" ? node.size : 0,
    modified: node.modified,
    created: node.created,
    mode: node.mode,
    unique: `m${node.id.toString(36)}`,
  };
}
