import fs, { type Stats } from "node:fs";
import type { FileWriter } from "../storage.js";
import { StorageError } from "../storage-error.js";
import { close, fchmod, fstat, fsync, ftruncate, link, lstat, open, rename, unlink } from "./calls.js";
import { type DiskSettings, lacksBits } from "./disk-settings.js";
import { DiskWriter, type Ending } from "./disk-writer.js";
import { isHeld, type Spot } from "./reach.js";
import { errorCode } from "./system-errors.js";
import type { SystemPath } from "./system-path.js";
import { makeTemporaryName } from "./temporary-names.js";
import type { Touches } from "./touches.js";
import { WriteQueue } from "./write-queue.js";

const { O_CREAT, O_EXCL, O_WRONLY, O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;

const NEW_FILE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

/** Calls under way at a time for a file nobody sees yet. */
const MAX_CALLS = 2;
/** Bytes up to which a file is closed at once where lookups are quick: nothing of it waits for the disk. */
const SMALL = 1 << 20;

/** What an upload goes to. */
export interface UploadTarget {
  /** As the caller named it. */
  readonly path: string;
  /** The directory; the upload closes it. */
  readonly parent: Spot;
  readonly name: string;
  /** What is there now, when that is a file. */
  readonly replaced: Stats | null;
  readonly isExclusive: boolean;
}

/** Begins a file under a hidden name in the same directory, which takes the place of the old one at the end. */
export async function beginHidden(target: UploadTarget, settings: DiskSettings): Promise<FileWriter> {
  const { parent, path, replaced } = target;
  // Never more open than the old file, not even while there is nothing in it.
  const mode = replaced === null ? settings.fileMode : replaced.mode & 0o777;
  const [fd, hidden] = await createHidden(parent, mode, settings.touches);
  try {
    if (replaced !== null || settings.isExact) await fixMode(fd, mode, settings);
  } catch (error) {
    await close(fd).catch(() => {});
    await unlink(hidden).catch(() => {});
    throw error;
  }
  const queue = new WriteQueue(fd, path, { start: 0, maxCalls: MAX_CALLS, touches: settings.touches });
  return new DiskWriter(path, queue, new HiddenEnding(fd, hidden, { target, settings, queue }));
}

/** The same without waiting; `null` where that cannot be. Only while touches are quick. @throws the system's error. */
export function tryBeginHidden(target: UploadTarget, settings: DiskSettings): FileWriter | null {
  const { parent, path, replaced } = target;
  const mode = replaced === null ? settings.fileMode : replaced.mode & 0o777;
  if ((replaced !== null || settings.isExact) && lacksBits(mode, settings)) return null;
  const hidden = parent.at(makeTemporaryName());
  const fd = fs.openSync(hidden, NEW_FILE, mode);
  const queue = new WriteQueue(fd, path, { start: 0, maxCalls: MAX_CALLS, touches: settings.touches });
  return new DiskWriter(path, queue, new HiddenEnding(fd, hidden, { target, settings, queue }));
}

/** Begins right in the file, empty first; what an upload that breaks off has written stays. */
export async function beginPlain(target: UploadTarget, settings: DiskSettings): Promise<FileWriter> {
  const { parent, path, name, isExclusive } = target;
  const flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (isExclusive ? O_EXCL : 0);
  const fd = await open(parent.at(name), flags, settings.fileMode);
  try {
    await parent.confirm();
    const stats = await fstat(fd);
    if (!stats.isFile()) throw new StorageError("not-supported", path);
    if (stats.size > 0) await ftruncate(fd, 0);
    if (target.replaced === null && settings.isExact) await fixMode(fd, settings.fileMode, settings);
  } catch (error) {
    await close(fd).catch(() => {});
    throw error;
  }
  parent.close();
  return writeInPlace(fd, path, { start: 0, settings });
}

/** Writes into an open file from a place on. */
export function writeInPlace(
  fd: number,
  path: string,
  options: { readonly start: number; readonly settings: DiskSettings },
): FileWriter {
  // One call at a time: a failure leaves what came before it and no gap, so that an upload can be resumed.
  const queue = new WriteQueue(fd, path, { start: options.start, maxCalls: 1, touches: options.settings.touches });
  let isClosed = false;
  return new DiskWriter(path, queue, {
    async commit() {
      if (options.settings.fsync) await fsync(fd);
      isClosed = true;
      await close(fd);
    },
    async abort() {
      if (!isClosed) await close(fd).catch(() => {});
    },
  });
}

interface Upload {
  readonly target: UploadTarget;
  readonly settings: DiskSettings;
  readonly queue: WriteQueue;
}

class HiddenEnding implements Ending {
  readonly #fd: number;
  readonly #hidden: SystemPath;
  readonly #upload: Upload;
  #isClosed = false;

  constructor(fd: number, hidden: SystemPath, upload: Upload) {
    this.#fd = fd;
    this.#hidden = hidden;
    this.#upload = upload;
  }

  async commit(): Promise<void> {
    const { target, settings } = this.#upload;
    const { parent, name } = target;
    if (this.#tryCommit()) return;
    if (settings.fsync) await fsync(this.#fd);
    await this.#close();
    await parent.confirm();
    const goal = parent.at(name);
    if (target.isExclusive) await placeNew(this.#hidden, goal);
    else await settings.touches.rename(this.#hidden, goal);
    if (settings.fsync) await syncDirectory(parent.self);
    parent.close();
  }

  /** The same in one go, for a small file. @returns whether that is how to do it. */
  #tryCommit(): boolean {
    const { target, settings, queue } = this.#upload;
    const { parent, name, isExclusive } = target;
    const { touches } = settings;
    if (!isHeld(parent) || isExclusive || settings.fsync || queue.end > SMALL || !touches.areQuick) return false;
    touches.together(() => {
      this.#isClosed = true;
      fs.closeSync(this.#fd);
      parent.confirm();
      fs.renameSync(this.#hidden, parent.at(name));
      parent.close();
    });
    return true;
  }

  async abort(): Promise<void> {
    try {
      await this.#close();
    } catch {
      // The file goes in any case.
    }
    await unlink(this.#hidden).catch(() => {});
    this.#upload.target.parent.close();
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { settings, queue } = this.#upload;
    if (queue.end <= SMALL && settings.lookups.areQuick) fs.closeSync(this.#fd);
    else await close(this.#fd);
  }
}

async function createHidden(
  parent: Spot,
  mode: number,
  touches: Touches,
): Promise<readonly [fd: number, path: SystemPath]> {
  for (;;) {
    const path = parent.at(makeTemporaryName());
    try {
      return [await touches.open(path, NEW_FILE, mode), path];
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
  }
}

/** Moves without replacing: rename(2) would replace what somebody else has made meanwhile. */
async function placeNew(from: SystemPath, to: SystemPath): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!NO_LINKS.has(errorCode(error))) throw error;
    const isThere = await lstat(to).then(
      () => true,
      () => false,
    );
    if (isThere) throw Object.assign(new Error("Cannot place a new file"), { code: "EEXIST" });
    return rename(from, to);
  }
  await unlink(from);
}

/** What file systems without hard links answer to link(2). */
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** Gives a new file all the bits it was made with. */
export async function fixMode(fd: number, mode: number, settings: DiskSettings): Promise<void> {
  if (lacksBits(mode, settings)) await fchmod(fd, mode);
}

/** fsync(2): "does not necessarily ensure that the entry in the directory containing the file has also reached disk". */
async function syncDirectory(path: SystemPath): Promise<void> {
  if (process.platform === "win32") return;
  const fd = await open(path, O_RDONLY);
  try {
    await fsync(fd);
  } finally {
    await close(fd);
  }
}
