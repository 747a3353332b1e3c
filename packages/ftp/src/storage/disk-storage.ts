import fs, { type Stats } from "node:fs";
import { abortable } from "./abortable.js";
import { call, rename, unlink } from "./disk/calls.js";
import { createDiskSettings, lacksBits } from "./disk/disk-settings.js";
import { LeftoverSweep } from "./disk/leftover-sweep.js";
import { listDirectory } from "./disk/listing.js";
import { lookupThread } from "./disk/lookup-thread.js";
import { openReach } from "./disk/open-reach.js";
import { type DiskParts, lookAt, openForRead, openForUpdate, openForWrite } from "./disk/open-files.js";
import type { Spot } from "./disk/reach.js";
import { tryBegin, tryRead } from "./disk/small-files.js";
import { errorCode, toStorageError } from "./disk/system-errors.js";
import { checkPath, isPath, type SystemPath } from "./disk/system-path.js";
import { nameOf } from "../protocol/path.js";
import { isHiddenPath } from "./disk/temporary-names.js";
import type { DiskStorageOptions } from "./disk-storage-options.js";
import type {
  FileInfo,
  FileReader,
  FileWriter,
  ListOptions,
  ReadOptions,
  Storage,
  StorageAbilities,
  StorageWait,
  WriteOptions,
} from "./storage.js";
import { StorageError } from "./storage-error.js";

/**
 * A directory of this machine and everything below it.
 *
 * Links are followed as long as they lead to something below the root; one that leads out is as if nothing was there,
 * though it is listed (type `"link"`) and can be removed. On Linux that holds also against somebody who lays links and
 * moves directories below the root while an operation runs; elsewhere a race remains that such a person could win, so
 * let nobody else write there.
 *
 * Uploads are atomic unless told otherwise: their hidden files, `.belfry-….part`, are neither listed nor reachable,
 * and go when the upload does; those of a process that was killed go some hours later.
 *
 * On file systems of this machine (ext4, xfs, btrfs, tmpfs and the like) what is only looked up is asked for at once,
 * which takes microseconds, and through the thread pool while the disk is slow; elsewhere always through the pool, as
 * is everything that makes, changes or reads. Leave no mount below such a root that may hang.
 *
 * Where the process may use a second processor, large directories on them are listed by two threads. The second one is there
 * for all storages of the process, from the first such listing until 30 seconds after the last, and keeps no process alive.
 *
 * @param root an existing directory.
 * @throws {Error} when there is no such directory. {@link RangeError} for a umask that is none.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtempSync, readFileSync } from "node:fs";
 * import { diskStorage } from "@belfry/ftp";
 *
 * const root = mkdtempSync("root-");
 * const storage = diskStorage(root);
 * const writer = await storage.openWrite("/hello.txt");
 * await writer.write(Buffer.from("hello"));
 * await writer.commit();
 * assert.equal(readFileSync(`${root}/hello.txt`, "utf8"), "hello");
 * ```
 */
export function diskStorage(root: string, options: DiskStorageOptions = {}): Storage & StorageAbilities {
  const { reach, lookups } = openReach(root, options.way);
  return new DiskStorage({ reach, settings: createDiskSettings(options, lookups), sweep: new LeftoverSweep() });
}

class DiskStorage implements Storage, StorageAbilities {
  readonly #parts: DiskParts;

  constructor(parts: DiskParts) {
    this.#parts = parts;
  }

  stat(path: string, options?: StorageWait): Promise<FileInfo> {
    const found = this.#at(path, async (spot) => this.#parts.settings.makeInfo(nameOf(path), await spot.stat()));
    return abortable(found, options?.signal, ignore);
  }

  async *list(path: string, options?: ListOptions): AsyncGenerator<readonly FileInfo[], void, undefined> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    try {
      const spot = await this.#find(path);
      const { reach, settings } = this.#parts;
      const context = {
        reach,
        settings,
        signal,
        thread: lookupThread,
        path,
        fields: options?.fields,
        removesLeftovers: !settings.isReadOnly,
      };
      yield* listDirectory(spot, context);
    } catch (error) {
      throw signal?.aborted === true && error === signal.reason ? error : toStorageError(error, path);
    }
  }

  openRead(path: string, options?: ReadOptions): Promise<FileReader> {
    const small = this.#tryRead(path, options);
    if (small !== null) return Promise.resolve(small);
    const reading = this.#find(path).then((spot) =>
      openForRead(spot, path, { start: options?.start ?? 0, settings: this.#parts.settings }),
    );
    return abortable(reading, options?.signal, (late) => late.close());
  }

  openWrite(path: string, options?: WriteOptions): Promise<FileWriter> {
    const begun = this.#tryBegin(path, options);
    if (begun !== null) return Promise.resolve(begun);
    const opening = this.#allow(path).then(() => openForWrite(path, options?.exclusive ?? false, this.#parts));
    return abortable(opening, options?.signal, (late) => late.abort());
  }

  openUpdate(path: string, options: StorageWait & { readonly start: number | "end" }): Promise<FileWriter> {
    const opening = this.#allow(path).then(() => openForUpdate(path, options.start, this.#parts));
    return abortable(opening, options.signal, (late) => late.abort());
  }

  async remove(path: string): Promise<void> {
    if (path === "/")
      throw new StorageError(this.#parts.settings.isReadOnly ? "no-permission" : "is-a-directory", path);
    await this.#inParent(path, async (place) => {
      try {
        await unlink(place);
      } catch (error) {
        // unlink(2) of a directory: EISDIR on Linux, EPERM by POSIX.
        if (errorCode(error) === "EPERM" && (await lookAt(this.#parts, place))?.isDirectory() === true) {
          throw new StorageError("is-a-directory", path, { cause: error });
        }
        throw error;
      }
    });
  }

  async makeDirectory(path: string): Promise<void> {
    if (path === "/") throw new StorageError(this.#parts.settings.isReadOnly ? "no-permission" : "exists", path);
    const { settings } = this.#parts;
    await this.#inParent(path, async (place) => {
      await call<void>((done) => fs.mkdir(place, settings.directoryMode, done));
    });
    if (settings.isExact && lacksBits(settings.directoryMode, settings)) {
      await this.setMode(path, settings.directoryMode);
    }
  }

  async removeDirectory(path: string): Promise<void> {
    if (path === "/") throw new StorageError("no-permission", path);
    await this.#inParent(path, async (place) => {
      const removeIt = (): Promise<void> => call((done) => fs.rmdir(place, done));
      try {
        await removeIt();
      } catch (error) {
        const code = errorCode(error);
        if (code === "ENOTDIR") throw new StorageError("not-a-directory", path, { cause: error });
        // Some systems say so of a directory that is not empty.
        if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
        // What keeps it may be what a killed process has left and nobody sees.
        if (!(await this.#at(path, (spot) => this.#parts.sweep.run(spot)))) {
          throw new StorageError("not-empty", path, { cause: error });
        }
        await removeIt();
      }
    });
  }

  async rename(from: string, to: string): Promise<void> {
    if (from === "/" || to === "/")
      throw new StorageError(from === "/" ? "no-permission" : "exists", from === "/" ? from : to);
    await this.#allow(to);
    await this.#inParent(from, async (source) => {
      const stats = await lookAt(this.#parts, source);
      if (stats === null) throw new StorageError("not-found", from);
      if (from === to) return;
      await this.#inParent(to, async (goal) => {
        await this.#checkGoal(stats, from, to);
        await rename(source, goal);
      });
    });
  }

  setTimes(
    path: string,
    times: { readonly modified?: number; readonly accessed?: number; readonly created?: number },
  ): Promise<void> {
    return this.#change(path, async (spot) => {
      const { modified, accessed } = times;
      if (modified === undefined && accessed === undefined) throw new StorageError("not-supported", path);
      const stats = await spot.stat();
      const [atime, mtime] = [accessed ?? stats.atimeMs, modified ?? stats.mtimeMs];
      await call<void>((done) => fs.utimes(spot.self, asFileTime(atime), asFileTime(mtime), done));
    });
  }

  setMode(path: string, mode: number): Promise<void> {
    return this.#change(path, (spot) => call<void>((done) => fs.chmod(spot.self, mode & 0o777, done)));
  }

  /** A disk keeps none. */
  digest(): Promise<null> {
    return Promise.resolve(null);
  }

  space(path: string): Promise<number> {
    return this.#at(path, async (spot) => {
      const { bavail, bsize } = await call<fs.StatsFs>((done) => fs.statfs(spot.self, done));
      return bavail * bsize;
    });
  }

  #tryRead(path: string, options: ReadOptions | undefined): FileReader | null {
    if (options?.signal?.aborted === true || !isReachable(path)) return null;
    return tryRead(path, options?.start ?? 0, this.#parts);
  }

  #tryBegin(path: string, options: WriteOptions | undefined): FileWriter | null {
    if (this.#parts.settings.isReadOnly || options?.signal?.aborted === true || !isReachable(path)) return null;
    return tryBegin(path, options?.exclusive ?? false, this.#parts);
  }

  /** Does something with what is at a path. */
  async #at<T>(path: string, act: (spot: Spot) => Promise<T>): Promise<T> {
    const spot = await this.#find(path);
    try {
      return await act(spot);
    } catch (error) {
      throw toStorageError(error, path);
    } finally {
      spot.close();
    }
  }

  async #change(path: string, act: (spot: Spot) => Promise<void>): Promise<void> {
    await this.#allow(path);
    await this.#at(path, act);
  }

  /** Changes something by its name in its directory. */
  async #inParent(path: string, act: (place: SystemPath) => Promise<void>): Promise<void> {
    await this.#allow(path);
    const parent = await this.#parts.reach.parent(path);
    try {
      await act(parent.at(nameOf(path)));
    } catch (error) {
      throw toStorageError(error, path);
    } finally {
      parent.close();
    }
  }

  /** What rename(2) would do and a storage does not: put a directory in the place of an empty one or into itself. */
  async #checkGoal(source: Stats, from: string, to: string): Promise<void> {
    if (source.isDirectory() && to.startsWith(`${from}/`)) throw new StorageError("invalid-name", to);
    const goal = await this.stat(to).catch(() => null);
    if (goal === null) return;
    if (goal.type === "directory" || source.isDirectory()) throw new StorageError("exists", to);
  }

  async #find(path: string): Promise<Spot> {
    checkPath(path);
    if (isHiddenPath(path)) throw new StorageError("not-found", path);
    return this.#parts.reach.find(path);
  }

  /** @throws {StorageError} unless something may be changed at `path`. */
  async #allow(path: string): Promise<void> {
    if (this.#parts.settings.isReadOnly) throw new StorageError("no-permission", path);
    checkPath(path);
    if (isHiddenPath(path)) throw new StorageError("invalid-name", path);
  }
}

/** Whether a path may be asked for at all; the long way says why not. */
function isReachable(path: string): boolean {
  return isPath(path) && !isHiddenPath(path);
}

/** @returns seconds; a `Date` before 1970, as `utimes` takes a negative number for the present. */
function asFileTime(time: number): number | Date {
  return time < 0 ? new Date(time) : time / 1000;
}

function ignore(): void {}
