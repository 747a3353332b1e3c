import fs, { type Stats } from "node:fs";
import { sep } from "node:path";
import { parentOf } from "../../protocol/path.js";
import { StorageError } from "../storage-error.js";
import { call, close, fstat, lstat, open } from "./calls.js";
import type { HeldSpot, Reach, Spot } from "./reach.js";
import { toStorageError } from "./system-errors.js";
import { bytesToSystem, fromBytes, type SystemPath, toSystem } from "./system-path.js";

// Windows has neither: there they are undefined, which adds no bit.
const { O_NOFOLLOW, O_NONBLOCK } = fs.constants;

/**
 * For systems without `/proc/self/fd`: resolves every link first, checks where that is, works on the real path, and
 * looks again afterwards. Who may lay links below the root can still win a race between those steps.
 */
export class PortableReach implements Reach {
  /** One character a byte. */
  readonly #root: string;
  readonly #below: string;
  readonly #base: string;

  /** @param root its real path, one character a byte. */
  constructor(root: string) {
    const bare = root.endsWith(sep) ? root.slice(0, -1) : root;
    this.#root = root;
    this.#below = bare + sep;
    this.#base = fromBytes(bare);
  }

  find(path: string): Promise<Spot> {
    return this.#resolve(path, path);
  }

  async parent(path: string): Promise<Spot> {
    const spot = await this.#resolve(parentOf(path), path);
    const stats = await spot.stat();
    if (stats.isDirectory()) return spot;
    throw new StorageError("not-found", path);
  }

  /** Each step of a path is looked up: that takes a while. */
  tryFind(): HeldSpot | null {
    return null;
  }

  tryParent(): HeldSpot | null {
    return null;
  }

  async follow(link: SystemPath): Promise<Stats | null> {
    try {
      const real = await realPath(link);
      return this.#where(real) === null ? null : await lstat(bytesToSystem(real));
    } catch {
      return null;
    }
  }

  async #resolve(path: string, asked: string): Promise<Spot> {
    const full = toSystem(this.#base + path.replaceAll("/", sep));
    let real: string;
    try {
      real = await realPath(full);
    } catch (error) {
      const failure = toStorageError(error, asked);
      // A link out could lead to what may not be looked into; that much must not be told of it either.
      throw failure.code === "no-permission" ? new StorageError("not-found", asked) : failure;
    }
    const where = this.#where(real);
    if (where === null) throw new StorageError("not-found", asked);
    return new PortableSpot(real, where, asked);
  }

  #where(real: string): string | null {
    if (real === this.#root) return "/";
    if (!real.startsWith(this.#below)) return null;
    return fromBytes(`/${real.slice(this.#below.length)}`).replaceAll(sep, "/");
  }
}

class PortableSpot implements Spot {
  readonly path: string;
  readonly self: SystemPath;
  readonly prefix: string;
  readonly #real: string;
  readonly #asked: string;

  constructor(real: string, path: string, asked: string) {
    this.#real = real;
    this.#asked = asked;
    this.path = path;
    this.self = bytesToSystem(real);
    this.prefix = real.endsWith(sep) ? real : real + sep;
  }

  at(name: string): SystemPath {
    return toSystem(fromBytes(this.prefix) + name);
  }

  /** Its own way is that already. */
  shortcut(): null {
    return null;
  }

  stat(): Promise<Stats> {
    return lstat(this.self);
  }

  async open(flags: number): Promise<number> {
    const fd = await open(this.self, flags | O_NONBLOCK | O_NOFOLLOW);
    try {
      const [opened, there] = [await fstat(fd), await lstat(this.self)];
      if (opened.ino !== there.ino || opened.dev !== there.dev) throw new StorageError("not-found", this.#asked);
      await this.confirm();
      return fd;
    } catch (error) {
      await close(fd);
      throw error;
    }
  }

  async confirm(): Promise<void> {
    if ((await realPath(this.self)) !== this.#real) throw new StorageError("not-found", this.#asked);
  }

  close(): void {}
}

function realPath(path: SystemPath): Promise<string> {
  return call((done) => fs.realpath.native(path, "latin1", done));
}
