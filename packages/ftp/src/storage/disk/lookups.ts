import fs, { type Stats } from "node:fs";
import { close, fstat, lstat, open } from "./calls.js";
import { Rest } from "./rest.js";
import type { SystemPath } from "./system-path.js";

/** `f_type` of the file systems of `statfs(2)` that ask no other machine and no other process. */
const LOCAL: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlayfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0xca451a4e, // bcachefs
]);

/** Milliseconds from which a call has waited for a disk, or for a turn on a busy processor. */
const SLOW = 10;
/** So many of them within so many milliseconds send the following calls to the thread pool for a while. */
const MAX_SLOW = 3;
const WITHIN = 1000;

/**
 * The calls that only look something up. On a file system that is local they are made at once, in 1 to 4 µs, where
 * the thread pool takes 15 to 20; a disk that lets several of them wait gets the following ones through the pool for
 * a while.
 */
export class Lookups {
  /** Whether the file system asks no other machine and no other process. */
  readonly isLocal: boolean;
  readonly #rest = new Rest();
  #slow = 0;
  #slowSince = 0;

  constructor(root: SystemPath) {
    this.isLocal = isLocal(root);
  }

  /** Whether calls are made at once now. */
  get areQuick(): boolean {
    return this.isLocal && this.#rest.isOver;
  }

  async open(path: SystemPath, flags: number): Promise<number> {
    return this.areQuick ? this.#timed(() => fs.openSync(path, flags)) : open(path, flags);
  }

  async fstat(fd: number): Promise<Stats> {
    return this.areQuick ? this.#timed(() => fs.fstatSync(fd)) : fstat(fd);
  }

  async lstat(path: SystemPath): Promise<Stats> {
    return this.areQuick ? this.#timed(() => fs.lstatSync(path)) : lstat(path);
  }

  /** Closes what was opened to look or to read. Never rejects. */
  async close(fd: number): Promise<void> {
    try {
      if (this.areQuick) this.#timed(() => fs.closeSync(fd));
      else await close(fd);
    } catch {
      // The descriptor is gone in any case, and with nothing written nothing is lost.
    }
  }

  /** Tells what a call that was made at once has taken, in milliseconds. */
  took(ms: number): void {
    if (ms < SLOW) return;
    const now = performance.now();
    if (now - this.#slowSince > WITHIN) {
      this.#slowSince = now;
      this.#slow = 0;
    }
    this.#slow += 1;
    if (this.#slow >= MAX_SLOW) this.#rest.begin();
  }

  #timed<T>(look: () => T): T {
    const since = performance.now();
    try {
      return look();
    } finally {
      this.took(performance.now() - since);
    }
  }
}

function isLocal(root: SystemPath): boolean {
  if (process.platform !== "linux") return false;
  try {
    return LOCAL.has(fs.statfsSync(root).type);
  } catch {
    return false;
  }
}
