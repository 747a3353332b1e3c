import fs, { type Stats } from "node:fs";
import { nameOf } from "../../protocol/path.js";
import type { FileInfo, FileReader, FileWriter } from "../storage.js";
import { StorageError, type StorageErrorCode } from "../storage-error.js";
import { close, open } from "./calls.js";
import { DiskReader } from "./disk-reader.js";
import type { DiskSettings } from "./disk-settings.js";
import type { LeftoverSweep } from "./leftover-sweep.js";
import type { Reach, Spot } from "./reach.js";
import { SmallReader } from "./small-reader.js";
import { errorCode, toStorageError } from "./system-errors.js";
import type { SystemPath } from "./system-path.js";
import { TOUCH_SIZE, type Touches } from "./touches.js";
import { beginHidden, beginPlain, fixMode, writeInPlace } from "./uploads.js";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = fs.constants;

/** What a disk storage is made of. */
export interface DiskParts {
  readonly reach: Reach;
  readonly settings: DiskSettings;
  readonly sweep: LeftoverSweep;
}

/** Opens what was found for reading. Closes `spot`. */
export async function openForRead(
  spot: Spot,
  path: string,
  { start, settings }: { readonly start: number; readonly settings: DiskSettings },
): Promise<FileReader> {
  try {
    const { lookups, touches } = settings;
    const info = settings.makeInfo(nameOf(path), await spot.stat());
    checkFile(info.type, path);
    const fd = await spot.open(O_RDONLY);
    const small = info.size - start < TOUCH_SIZE && touches.areQuick ? readSmall(fd, info, { start, touches }) : null;
    if (small === null) return new DiskReader({ fd, info, path, start, touches, release: () => lookups.close(fd) });
    await lookups.close(fd);
    return small;
  } catch (error) {
    throw toStorageError(error, path);
  } finally {
    spot.close();
  }
}

/** All of a small file; `null` when it has grown meanwhile. */
function readSmall(
  fd: number,
  info: FileInfo,
  { start, touches }: { readonly start: number; readonly touches: Touches },
): FileReader | null {
  // One byte more than there should be tells whether there is more.
  const content = Buffer.allocUnsafe(Math.max(0, info.size - start) + 1);
  const length = touches.read(fd, content, start);
  return length < content.length ? new SmallReader(info, content.subarray(0, length)) : null;
}

/** Begins a new file or the replacement of one. */
export async function openForWrite(path: string, isExclusive: boolean, parts: DiskParts): Promise<FileWriter> {
  if (path === "/") throw new StorageError("is-a-directory", path);
  const parent = await parts.reach.parent(path);
  const name = nameOf(path);
  try {
    const there = await lookAt(parts, parent.at(name));
    if (there === null || !there.isSymbolicLink())
      return await begin({ path, parent, name, there, isExclusive }, parts);
    if (isExclusive) throw new StorageError("exists", path);
    return await openLinked(path, parent, parts);
  } catch (error) {
    parent.close();
    throw toStorageError(error, path);
  }
}

/** Through a link to the file it leads to; one that leads nowhere it may is replaced itself. */
async function openLinked(path: string, parent: Spot, parts: DiskParts): Promise<FileWriter> {
  const real = await realPath(path, parts);
  if (real === null) return begin({ path, parent, name: nameOf(path), there: null, isExclusive: false }, parts);
  if (real === "/") throw new StorageError("is-a-directory", path);
  const home = await parts.reach.parent(real);
  try {
    const name = nameOf(real);
    const there = await lookAt(parts, home.at(name));
    const writer = await begin({ path, parent: home, name, there, isExclusive: false }, parts);
    parent.close();
    return writer;
  } catch (error) {
    home.close();
    throw error;
  }
}

interface Beginning {
  readonly path: string;
  readonly parent: Spot;
  readonly name: string;
  readonly there: Stats | null;
  readonly isExclusive: boolean;
}

/** On success the writer closes the directory. */
async function begin({ there, ...rest }: Beginning, { reach, settings, sweep }: DiskParts): Promise<FileWriter> {
  const { path, isExclusive } = rest;
  if (there?.isDirectory() === true) throw new StorageError("is-a-directory", path);
  if (there !== null && isExclusive) throw new StorageError("exists", path);
  // To take the place of a pipe or of a device is no upload.
  if (there !== null && !there.isFile() && !there.isSymbolicLink()) throw new StorageError("not-supported", path);
  const target = { ...rest, replaced: there?.isFile() === true ? there : null };
  if (!settings.isAtomic) return beginPlain(target, settings);
  const writer = await beginHidden(target, settings);
  sweep.begin(reach, rest.parent.path);
  return writer;
}

/** Opens a file to change it from `start` on; makes it when there is none. */
export async function openForUpdate(path: string, start: number | "end", parts: DiskParts): Promise<FileWriter> {
  let spot: Spot;
  try {
    spot = await parts.reach.find(path);
  } catch (error) {
    if ((error as StorageError).code !== "not-found" || (start !== 0 && start !== "end")) throw error;
    return makeForUpdate(path, parts);
  }
  try {
    const stats = await spot.stat();
    checkFile(stats.isDirectory() ? "directory" : stats.isFile() ? "file" : "other", path);
    if (start !== "end" && start > stats.size) throw new StorageError("not-supported", path);
    const fd = await spot.open(O_WRONLY);
    return writeInPlace(fd, path, { start: start === "end" ? stats.size : start, settings: parts.settings });
  } catch (error) {
    throw toStorageError(error, path);
  } finally {
    spot.close();
  }
}

async function makeForUpdate(path: string, { reach, settings }: DiskParts): Promise<FileWriter> {
  const parent = await reach.parent(path);
  let fd: number | null = null;
  try {
    fd = await open(parent.at(nameOf(path)), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, settings.fileMode);
    await parent.confirm();
    if (settings.isExact) await fixMode(fd, settings.fileMode, settings);
    return writeInPlace(fd, path, { start: 0, settings });
  } catch (error) {
    if (fd !== null) await close(fd).catch(() => {});
    // A link that leads nowhere it may stands there: to make what it names is not for us.
    throw errorCode(error) === "EEXIST" ? new StorageError("not-found", path) : toStorageError(error, path);
  } finally {
    parent.close();
  }
}

/** What is at a place, a link itself; `null` when nothing is. */
export async function lookAt({ settings }: DiskParts, place: SystemPath): Promise<Stats | null> {
  try {
    return await settings.lookups.lstat(place);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** The path without links of what is at `path`; `null` when that is nothing below the root. */
async function realPath(path: string, { reach }: DiskParts): Promise<string | null> {
  try {
    const spot = await reach.find(path);
    spot.close();
    return spot.path;
  } catch (error) {
    if ((error as StorageError).code === "not-found") return null;
    throw error;
  }
}

const REFUSALS: Readonly<Record<string, StorageErrorCode>> = {
  directory: "is-a-directory",
  other: "not-supported",
  link: "not-found",
};

function checkFile(type: string, path: string): void {
  const refusal = REFUSALS[type];
  if (refusal !== undefined) throw new StorageError(refusal, path);
}
