import fs, { type Stats } from "node:fs";
import { parentOf } from "../../protocol/path.js";
import { StorageError } from "../storage-error.js";
import type { Lookups } from "./lookups.js";
import type { HeldSpot, Reach, Spot } from "./reach.js";
import { type Shortcut, takeShortcut } from "./shortcut.js";
import { errorCode, toStorageError } from "./system-errors.js";
import { fromBytes, type SystemPath, toSystem } from "./system-path.js";

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
/** `open(2)`: the descriptor only stands for the place; nothing is opened. Not among Node's constants. */
const O_PATH = 0o10000000;

/** One for all calls: of a word the runtime makes an object each time. */
const LATIN1 = { encoding: "latin1" } as const;

/** By the number of this process: `/proc/self` is a link, and to follow it takes half a microsecond each time. */
const DESCRIPTORS = `/proc/${ownNumber()}/fd`;

/**
 * Holds what a path leads to by a descriptor, asks the kernel where that is, and does everything through
 * `/proc/self/fd`: between the check and the use there is nothing that a link laid meanwhile could change.
 */
export class LinuxReach implements Reach {
  /** As text, to put paths behind it; `""` for the root of the machine. */
  readonly #root: string;
  /** One character a byte, with a slash at its end, to compare with what the kernel says. */
  readonly #below: string;
  readonly #lookups: Lookups;

  /** @param root its real path, one character a byte. */
  constructor(root: string, lookups: Lookups) {
    const bare = root === "/" ? "" : root;
    this.#root = fromBytes(bare);
    this.#below = `${bare}/`;
    this.#lookups = lookups;
  }

  find(path: string): Promise<Spot> {
    return this.#hold(path, path, O_PATH);
  }

  parent(path: string): Promise<Spot> {
    return this.#hold(parentOf(path), path, O_PATH | O_DIRECTORY);
  }

  tryFind(path: string): HeldSpot | null {
    return this.#tryHold(path, path, O_PATH);
  }

  tryParent(path: string): HeldSpot | null {
    return this.#tryHold(parentOf(path), path, O_PATH | O_DIRECTORY);
  }

  async follow(link: SystemPath): Promise<Stats | null> {
    let fd: number | null = null;
    try {
      fd = await this.#lookups.open(link, O_PATH);
      return this.where(fd) === null ? null : await this.#lookups.fstat(fd);
    } catch {
      return null;
    } finally {
      if (fd !== null) fs.closeSync(fd);
    }
  }

  async #hold(path: string, asked: string, flags: number): Promise<Spot> {
    let fd: number;
    try {
      fd = await this.#lookups.open(toSystem(this.#root + path), flags);
    } catch (error) {
      const failure = toStorageError(error, asked);
      if (failure.code !== "no-permission" || (await this.#isPlain(path))) throw failure;
      throw new StorageError("not-found", asked);
    }
    const spot = this.#spotOf(fd, asked);
    if (spot !== null) return spot;
    await this.#lookups.close(fd);
    throw new StorageError("not-found", asked);
  }

  #tryHold(path: string, asked: string, flags: number): HeldSpot | null {
    if (!this.#lookups.areQuick) return null;
    let fd: number;
    try {
      fd = fs.openSync(toSystem(this.#root + path), flags);
    } catch {
      return null;
    }
    const spot = this.#spotOf(fd, asked);
    if (spot === null) fs.closeSync(fd);
    return spot;
  }

  #spotOf(fd: number, asked: string): LinuxSpot | null {
    const where = this.where(fd);
    return where === null ? null : new LinuxSpot({ fd, path: where, asked, reach: this }, this.#lookups);
  }

  /** The virtual path of what a descriptor stands for; `null` when that is not below the root. */
  where(fd: number): string | null {
    return this.#toVirtual(realPath(fd));
  }

  /** A faster way to what is in the directory a descriptor stands for. */
  shortcut(fd: number): Shortcut | null {
    const real = realPath(fd);
    if (this.#toVirtual(real) === null) return null;
    return takeShortcut({ root: this.#below.slice(0, -1), real: real === "/" ? "" : real, fd });
  }

  #toVirtual(real: string): string | null {
    if (real.startsWith(this.#below)) return fromBytes(real.slice(this.#below.length - 1));
    return real.length === this.#below.length - 1 && this.#below.startsWith(real) ? "/" : null;
  }

  /** Whether no permission is to be told: not when a link lies on the way, which may lead out. */
  async #isPlain(path: string): Promise<boolean> {
    let fd = await this.#lookups.open(toSystem(this.#root || "/"), O_PATH);
    try {
      for (const name of path.split("/").slice(1)) {
        const next = await this.#lookups.open(toSystem(`${DESCRIPTORS}/${fd}/${name}`), O_PATH | O_NOFOLLOW);
        fs.closeSync(fd);
        fd = next;
        if ((await this.#lookups.fstat(fd)).isSymbolicLink()) return false;
      }
      return true;
    } catch (error) {
      return errorCode(error) === "EACCES";
    } finally {
      fs.closeSync(fd);
    }
  }
}

interface Held {
  readonly fd: number;
  readonly path: string;
  /** As the caller named it. */
  readonly asked: string;
  readonly reach: LinuxReach;
}

class LinuxSpot implements HeldSpot {
  readonly path: string;
  readonly self: string;
  readonly prefix: string;
  readonly #held: Held;
  readonly #lookups: Lookups;

  constructor(held: Held, lookups: Lookups) {
    this.#held = held;
    this.path = held.path;
    this.self = `${DESCRIPTORS}/${held.fd}`;
    this.prefix = `${this.self}/`;
    this.#lookups = lookups;
  }

  at(name: string): SystemPath {
    return toSystem(this.prefix + name);
  }

  shortcut(): Shortcut | null {
    return this.#held.reach.shortcut(this.#held.fd);
  }

  stat(): Promise<Stats> {
    return this.#lookups.fstat(this.#held.fd);
  }

  open(flags: number): Promise<number> {
    // The inode is in memory, held by the descriptor: no disk is asked for it.
    return this.#lookups.open(this.self, flags | O_NONBLOCK);
  }

  statNow(): Stats {
    return fs.fstatSync(this.#held.fd);
  }

  openNow(flags: number): number {
    return fs.openSync(this.self, flags | O_NONBLOCK);
  }

  /** It is what it was; but somebody may have moved it out of the root. */
  confirm(): void {
    if (this.#held.reach.where(this.#held.fd) === null) throw new StorageError("not-found", this.#held.asked);
  }

  close(): void {
    // Nothing is open behind it, so nothing waits.
    fs.closeSync(this.#held.fd);
  }
}

/** One character a byte. Of a descriptor this asks the kernel's memory only, never a disk. */
function realPath(fd: number): string {
  return fs.readlinkSync(`${DESCRIPTORS}/${fd}`, LATIN1);
}

/** As the `/proc` that is mounted here counts. */
function ownNumber(): string {
  try {
    return fs.readlinkSync("/proc/self");
  } catch {
    return "self";
  }
}
