import fs, { type Dir, type Dirent, type Stats } from "node:fs";
import type { FileInfo, InfoField } from "../storage.js";
import { StorageError } from "../storage-error.js";
import { lstat } from "./calls.js";
import { closeDirectory, openDirectory, readNames, readNamesNow } from "./directory-names.js";
import type { DiskSettings } from "./disk-settings.js";
import { removeIfOld } from "./leftover-sweep.js";
import type { Reach, Spot } from "./reach.js";
import type { Shortcut } from "./shortcut.js";
import { errorCode } from "./system-errors.js";
import { bytesToSystem, fromBytes, isAscii, type SystemPath } from "./system-path.js";
import { isTemporaryName } from "./temporary-names.js";
import { nextTurn } from "../../turns.js";

/** So many names are worth a shortcut, which costs some calls of its own. */
const MANY = 32;
/** Milliseconds of looking at entries at once before others get their turn. */
const SLICE = 1.5;
const QUIETLY = { throwIfNoEntry: false } as const;
/** Links in one slice, each of which takes as long as some files. */
const MAX_LINKS = 64;
/** Entries asked for at a time where that goes through the thread pool. */
const MAX_LOOKUPS = 32;

/** What a listing needs to know of its storage. */
export interface ListingContext {
  readonly reach: Reach;
  readonly settings: DiskSettings;
  /** As the caller named it. */
  readonly path: string;
  readonly signal: AbortSignal | undefined;
  /** What is wanted beside name and type; everything by default. */
  readonly fields: readonly InfoField[] | undefined;
  /** Whether hidden files that a killed process has left are removed on the way. */
  readonly removesLeftovers: boolean;
}

/** The entries of a directory, in batches. Closes `spot`. */
export async function* listDirectory(
  spot: Spot,
  context: ListingContext,
): AsyncGenerator<readonly FileInfo[], void, undefined> {
  const { lookups } = context.settings;
  let directory: Dir | null = null;
  try {
    if (!(await spot.stat()).isDirectory()) throw new StorageError("not-a-directory", context.path);
    directory = await openDirectory(spot);
    await spot.confirm();
    const ways = new Ways(spot);
    for (;;) {
      context.signal?.throwIfAborted();
      if (lookups.areQuick) await nextTurn();
      const names = lookups.areQuick ? readNamesNow(directory, lookups, isBare(context)) : await readNames(directory);
      if (names.length === 0) return;
      yield* describeAll(names, ways, context);
    }
  } finally {
    if (directory !== null) await closeDirectory(directory);
    spot.close();
  }
}

/** Whether name and type are all that is wanted, which the directory itself tells of most. */
function isBare({ fields }: ListingContext): boolean {
  return fields?.length === 0;
}

/** The ways to the names in a directory: the sure one, and mostly a faster one. */
class Ways {
  readonly spot: Spot;
  #shortcut: Shortcut | null = null;

  constructor(spot: Spot) {
    this.spot = spot;
  }

  /** The one for so many names. What it has led to counts only if {@link holds} says so afterwards. */
  to(count: number): string {
    if (count >= MANY) this.#shortcut ??= this.spot.shortcut();
    return this.#shortcut?.prefix ?? this.spot.prefix;
  }

  /** Whether the way given has led to that directory all the time; when not, the next one given will not be that. */
  holds(): boolean {
    if (this.#shortcut === null || this.#shortcut.holds()) return true;
    this.#shortcut = null;
    return false;
  }
}

async function* describeAll(
  names: readonly Dirent[],
  ways: Ways,
  context: ListingContext,
): AsyncGenerator<readonly FileInfo[], void, undefined> {
  const { spot } = ways;
  const { lookups } = context.settings;
  for (let at = 0; at < names.length;) {
    context.signal?.throwIfAborted();
    const batch: Batch = { infos: [], links: [] };
    if (lookups.areQuick) {
      // With the names came a turn, in which the first of them are looked at.
      if (at > 0) await nextTurn();
      at = lookForAWhile(ways, { names, at, batch }, context);
    } else {
      const some = names.slice(at, at + MAX_LOOKUPS);
      at += some.length;
      await Promise.all(some.map((entry) => lookLater(spot, entry, { batch, context })));
    }
    for (const link of batch.links) batch.infos.push(await describeLink(spot, link, context));
    if (batch.infos.length > 0) yield batch.infos;
  }
  if (!context.removesLeftovers) return;
  for (const { name } of names) if (isTemporaryName(name)) await removeIfOld(spot, name);
}

interface Link {
  readonly name: string;
  readonly entry: Dirent;
  /** Of the link itself; `null` when nobody has looked. */
  readonly stats: Stats | null;
}

interface Batch {
  readonly infos: FileInfo[];
  /** What is still to be followed. */
  readonly links: Link[];
}

interface Slice {
  readonly names: readonly Dirent[];
  readonly at: number;
  readonly batch: Batch;
}

/** Looks at entries at once until the time is over. @returns where to go on. */
function lookForAWhile(ways: Ways, slice: Slice, context: ListingContext): number {
  if (isBare(context)) return lookBelow(ways.spot.prefix, slice, context);
  const end = lookBelow(ways.to(slice.names.length - slice.at), slice, context);
  if (ways.holds()) return end;
  slice.batch.infos.length = 0;
  slice.batch.links.length = 0;
  return lookBelow(ways.spot.prefix, slice, context);
}

function lookBelow(prefix: string, { names, at, batch }: Slice, context: ListingContext): number {
  const { lookups } = context.settings;
  const [isEnough, isPlain] = [isBare(context), isAscii(prefix)];
  const since = performance.now();
  let before = since;
  let index = at;
  for (;;) {
    const entry = names[index];
    if (entry === undefined) break;
    index += 1;
    if (!(isEnough && addBare(batch, entry))) {
      const { name } = entry;
      if (isPlain && isAscii(name)) add(batch, { name, entry, stats: lookNow(prefix + name) }, context);
      else add(batch, { name: fromBytes(name), entry, stats: lookNow(bytesToSystem(prefix + name)) }, context);
      const now = performance.now();
      lookups.took(now - before);
      before = now;
      if (now - since > SLICE) break;
    }
    if (batch.links.length === MAX_LINKS) break;
  }
  return index;
}

function lookNow(path: SystemPath): Stats | null | undefined {
  try {
    return fs.lstatSync(path, QUIETLY) ?? null;
  } catch (error) {
    return statsOnError(error);
  }
}

async function lookLater(
  spot: Spot,
  entry: Dirent,
  { batch, context }: { readonly batch: Batch; readonly context: ListingContext },
): Promise<void> {
  if (isBare(context) && addBare(batch, entry)) return;
  const stats = await lstat(bytesToSystem(spot.prefix + entry.name)).catch(statsOnError);
  add(batch, { name: fromBytes(entry.name), entry, stats }, context);
}

/** `null` of what has vanished; nothing of what may be listed but not looked at. */
function statsOnError(error: unknown): null | undefined {
  return errorCode(error) === "EACCES" ? undefined : null;
}

interface Looked {
  readonly name: string;
  readonly entry: Dirent;
  readonly stats: Stats | null | undefined;
}

/** Adds an entry by what the directory says of it. @returns whether that is enough. */
function addBare({ infos, links }: Batch, entry: Dirent): boolean {
  const type = typeOf(entry);
  if (type === "other") return false;
  const name = fromBytes(entry.name);
  if (isTemporaryName(name)) return true;
  if (type === "link") links.push({ name, entry, stats: null });
  else infos.push({ name, type, size: 0, modified: 0 });
  return true;
}

function add(batch: Batch, { name, entry, stats }: Looked, { settings, fields }: ListingContext): void {
  if (stats === null || isTemporaryName(name)) return;
  if (stats === undefined) batch.infos.push({ name, type: typeOf(entry), size: 0, modified: 0 });
  else if (stats.isSymbolicLink()) batch.links.push({ name, entry, stats });
  else batch.infos.push(settings.makeInfo(name, stats, fields?.includes("unique")));
}

async function describeLink(
  spot: Spot,
  { name, entry, stats }: Link,
  { reach, settings }: ListingContext,
): Promise<FileInfo> {
  // Not by a shortcut, which may hold no more.
  const path = bytesToSystem(spot.prefix + entry.name);
  const found = (await reach.follow(path)) ?? stats;
  return found === null ? { name, type: "link", size: 0, modified: 0 } : settings.makeInfo(name, found);
}

function typeOf(entry: Dirent): FileInfo["type"] {
  if (entry.isDirectory()) return "directory";
  if (entry.isFile()) return "file";
  return entry.isSymbolicLink() ? "link" : "other";
}
