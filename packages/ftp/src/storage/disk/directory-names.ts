import fs, { type Dir, type Dirent } from "node:fs";
import { call } from "./calls.js";
import type { Lookups } from "./lookups.js";
import type { Spot } from "./reach.js";
import { errorCode } from "./system-errors.js";

/** Names the system is asked for at a time: as many as are looked at in about a millisecond. */
const NAMES_AT_ONCE = 384;
/** So many times as many make a turn where nothing but the names is wanted. */
const BARE_FACTOR = 4;

/** Opens a directory for its names, which come one character a byte. */
export function openDirectory(spot: Spot): Promise<Dir> {
  return call((done) => fs.opendir(spot.self as string, { encoding: "latin1", bufferSize: NAMES_AT_ONCE }, done));
}

/** The names the system gives at a time; none at the end, or when the directory has vanished. */
export async function readNames(directory: Dir): Promise<readonly Dirent[]> {
  const names: Dirent[] = [];
  try {
    let entry = await call<Dirent | null>((done) => directory.read(done));
    while (entry !== null) {
      names.push(entry);
      if (names.length === NAMES_AT_ONCE) break;
      // Those that came with the first are handed out without a call.
      entry = directory.readSync();
    }
  } catch (error) {
    passOverVanished(error);
  }
  return names;
}

/**
 * The same at once.
 *
 * @param isBare nothing else is wanted: then there are more of them.
 */
export function readNamesNow(directory: Dir, lookups: Lookups, isBare: boolean): readonly Dirent[] {
  const names: Dirent[] = [];
  const count = isBare ? NAMES_AT_ONCE * BARE_FACTOR : NAMES_AT_ONCE;
  const since = performance.now();
  try {
    while (names.length < count) {
      const entry = directory.readSync();
      if (entry === null) break;
      names.push(entry);
    }
  } catch (error) {
    passOverVanished(error);
  }
  lookups.took(performance.now() - since);
  return names;
}

/** Never rejects. */
export async function closeDirectory(directory: Dir): Promise<void> {
  try {
    await directory.close();
  } catch {
    // Nothing was written to it.
  }
}

function passOverVanished(error: unknown): void {
  if (errorCode(error) !== "ENOENT") throw error;
}
