import fs, { type Dir, type Dirent } from "node:fs";
import type { FileType } from "../storage.js";
import { call } from "./calls.js";
import type { Lookups } from "./lookups.js";
import type { Spot } from "./reach.js";
import { errorCode } from "./system-errors.js";

/** Names the system is asked for at a time: as many as are looked at in about a millisecond. */
export const NAMES_AT_ONCE = 384;
/** So many times as many make a turn where nothing but the names is wanted. */
const BARE_FACTOR = 4;

/** Names in a directory, and of what type it says each is. */
export interface TypedNames {
  /** One character a byte. */
  readonly names: readonly string[];
  readonly types: readonly FileType[];
}

/** Opens a directory for its names, which come one character a byte. */
export function openDirectory(spot: Spot): Promise<Dir> {
  return call((done) => fs.opendir(spot.self as string, { encoding: "latin1", bufferSize: NAMES_AT_ONCE }, done));
}

/** The names the system gives at a time; none at the end, or when the directory has vanished. */
export async function readNames(directory: Dir): Promise<TypedNames> {
  const names = new Gathered();
  try {
    let entry = await call<Dirent | null>((done) => directory.read(done));
    while (entry !== null) {
      names.add(entry);
      if (names.count === NAMES_AT_ONCE) break;
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
export function readNamesNow(directory: Dir, lookups: Lookups, isBare: boolean): TypedNames {
  const names = new Gathered();
  const count = isBare ? NAMES_AT_ONCE * BARE_FACTOR : NAMES_AT_ONCE;
  const since = performance.now();
  try {
    while (names.count < count) {
      const entry = directory.readSync();
      if (entry === null) break;
      names.add(entry);
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

class Gathered implements TypedNames {
  readonly names: string[] = [];
  readonly types: FileType[] = [];

  get count(): number {
    return this.names.length;
  }

  add(entry: Dirent): void {
    this.names.push(entry.name);
    this.types.push(typeOf(entry));
  }
}

function typeOf(entry: Dirent): FileType {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "directory";
  return entry.isSymbolicLink() ? "link" : "other";
}

function passOverVanished(error: unknown): void {
  if (errorCode(error) !== "ENOENT") throw error;
}
