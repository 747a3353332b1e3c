import fs from "node:fs";
import { call, lstat, unlink } from "./calls.js";
import type { Reach, Spot } from "./reach.js";
import { isTemporaryName } from "./temporary-names.js";

/** Milliseconds without a byte after which an upload's hidden file belongs to nobody any more. */
const MAX_AGE = 6 * 3_600_000;
/** Names the system is asked for at a time. */
const NAMES_AT_ONCE = 512;
/** Directories that are remembered as swept. */
const MAX_REMEMBERED = 1000;

/** Removes the hidden files of uploads whose process was killed: in a directory that is listed, uploaded to or removed. */
export class LeftoverSweep {
  /** When each was swept, oldest first. */
  readonly #swept = new Map<string, number>();

  /** Sweeps a directory once in a while, behind the back of the upload that begins there. */
  begin(reach: Reach, path: string): void {
    const last = this.#swept.get(path);
    if (last !== undefined && Date.now() - last < MAX_AGE) return;
    this.#swept.delete(path);
    this.#swept.set(path, Date.now());
    const [oldest] = this.#swept.keys();
    if (this.#swept.size > MAX_REMEMBERED && oldest !== undefined) this.#swept.delete(oldest);
    reach.find(path).then(
      (spot) => this.run(spot).then(() => spot.close()),
      () => {},
    );
  }

  /** @returns whether anything was removed. Never rejects. */
  async run(spot: Spot): Promise<boolean> {
    let isAny = false;
    try {
      const directory = await call<fs.Dir>((done) => fs.opendir(spot.self, { bufferSize: NAMES_AT_ONCE }, done));
      for await (const { name } of directory) {
        if (isTemporaryName(name) && (await removeIfOld(spot, name))) isAny = true;
      }
    } catch {
      // It is tried again another time.
    }
    return isAny;
  }
}

/** Never rejects. */
export async function removeIfOld(spot: Spot, name: string): Promise<boolean> {
  try {
    const path = spot.at(name);
    const stats = await lstat(path);
    if (!stats.isFile() || Date.now() - stats.mtimeMs < MAX_AGE) return false;
    await unlink(path);
    return true;
  } catch {
    return false;
  }
}
