import fs from "node:fs";
import { nameOf } from "../../protocol/path.js";
import type { FileReader, FileWriter } from "../storage.js";
import type { DiskParts } from "./open-files.js";
import type { HeldSpot } from "./reach.js";
import { SmallReader } from "./small-reader.js";
import { TOUCH_SIZE } from "./touches.js";
import { tryBeginHidden } from "./uploads.js";

const { O_RDONLY } = fs.constants;

/**
 * All of a small file in one go, without a promise or a turn of the event loop between the calls, which together cost more than
 * they do.
 *
 * @returns `null` where that is not how to read it, or where it cannot be read: the long way knows how, or why not.
 */
export function tryRead(path: string, start: number, { reach, settings }: DiskParts): FileReader | null {
  const { touches, makeInfo } = settings;
  if (!touches.areQuick) return null;
  return touches.together(() => {
    const spot = reach.tryFind(path);
    if (spot === null) return null;
    try {
      const info = makeInfo(nameOf(path), spot.statNow());
      const length = info.size - start;
      const isSmall = info.type === "file" && length >= 0 && length < TOUCH_SIZE;
      const content = isSmall ? contentOf(spot, start, length) : null;
      return content === null ? null : new SmallReader(info, content);
    } catch {
      return null;
    } finally {
      spot.close();
    }
  });
}

/** @returns `null` when there is more of it than `length` bytes from `start` on. */
function contentOf(spot: HeldSpot, start: number, length: number): Uint8Array | null {
  // One byte more than there should be tells whether there is more.
  const content = Buffer.allocUnsafe(length + 1);
  const fd = spot.openNow(O_RDONLY);
  try {
    const count = fs.readSync(fd, content, 0, length + 1, start);
    return count <= length ? content.subarray(0, count) : null;
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Begins a new file, or the replacement of one, in one go.
 *
 * @returns `null` where that is not how to begin it, or where it cannot be begun.
 */
export function tryBegin(path: string, isExclusive: boolean, parts: DiskParts): FileWriter | null {
  const { reach, settings, sweep } = parts;
  if (!settings.touches.areQuick || !settings.isAtomic || path === "/") return null;
  return settings.touches.together(() => {
    const parent = reach.tryParent(path);
    if (parent === null) return null;
    const name = nameOf(path);
    let writer: FileWriter | null = null;
    try {
      const there = fs.lstatSync(parent.at(name), { throwIfNoEntry: false }) ?? null;
      const isPlain = there === null || (there.isFile() && !isExclusive);
      if (isPlain) writer = tryBeginHidden({ path, parent, name, replaced: there, isExclusive }, settings);
    } catch {
      // The long way says why not.
    }
    if (writer === null) parent.close();
    else sweep.begin(reach, parent.path);
    return writer;
  });
}
