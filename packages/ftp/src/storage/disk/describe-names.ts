import fs from "node:fs";
import type { FileInfo } from "../storage.js";
import { lstat } from "./calls.js";
import type { TypedNames } from "./directory-names.js";
import type { FileStats } from "./file-info.js";
import { removeIfOld } from "./leftover-sweep.js";
import { type Entry, ListingBatch } from "./listing-batch.js";
import { isBare, type ListingContext } from "./listing-context.js";
import { type LookedUp, statsIn } from "./looked-up.js";
import type { Spot } from "./reach.js";
import { errorCode } from "./system-errors.js";
import { bytesToSystem, fromBytes, isAscii, type SystemPath } from "./system-path.js";
import { isTemporaryName } from "./temporary-names.js";
import { nextTurn } from "../../turns.js";
import type { Ways } from "./ways.js";

/** Milliseconds of looking at entries at once before others get their turn. */
const SLICE = 1.5;
const QUIETLY = { throwIfNoEntry: false } as const;
/** Links in one slice, each of which takes as long as some files. */
const MAX_LINKS = 64;
/** Entries asked for at a time where that goes through the thread pool. */
const MAX_LOOKUPS = 32;

/** Names of a directory, to be described. */
export interface NamesToDescribe extends TypedNames {
  /** What has been found out about them already, by a way that has held; `null` when that is still to be done. */
  readonly found: LookedUp | null;
}

/** What there is to tell of names, in batches. To be begun in a turn of one's own. */
export async function* describeNames(
  given: NamesToDescribe,
  ways: Ways,
  context: ListingContext,
): AsyncGenerator<readonly FileInfo[], void, undefined> {
  const { names, found } = given;
  const { lookups } = context.settings;
  for (let at = 0; at < names.length;) {
    context.signal?.throwIfAborted();
    const batch = new ListingBatch(context);
    const slice: Slice = { given, at, batch };
    const isQuick = found !== null || lookups.areQuick;
    if (isQuick && at > 0) await nextTurn();
    if (found !== null) at = readOff(found, slice);
    else at = isQuick ? lookForAWhile(ways, slice, context) : await lookThroughPool(ways.spot, slice, context);
    if (batch.links > 0) await batch.follow(ways.spot);
    if (batch.infos.length > 0) yield batch.infos;
  }
  if (!context.removesLeftovers) return;
  for (const name of names) if (isTemporaryName(name)) await removeIfOld(ways.spot, name);
}

interface Slice {
  readonly given: TypedNames;
  readonly at: number;
  readonly batch: ListingBatch;
}

/** Takes what has been found already. @returns where to go on. */
function readOff(found: LookedUp, { given, at, batch }: Slice): number {
  let index = at;
  while (index < given.names.length && batch.links < MAX_LINKS) {
    const entry = entryAt(given, index);
    batch.add(entry, fromBytes(entry.bytes), statsIn(found, index));
    index += 1;
  }
  return index;
}

/** Looks at entries at once until the time is over. @returns where to go on. */
function lookForAWhile(ways: Ways, slice: Slice, context: ListingContext): number {
  if (isBare(context)) return lookBelow(ways.spot.prefix, slice, context);
  const shortcut = ways.shortcut(slice.given.names.length - slice.at);
  const end = lookBelow(shortcut?.prefix ?? ways.spot.prefix, slice, context);
  if (shortcut === null || ways.hasHeld(shortcut)) return end;
  slice.batch.clear();
  return lookBelow(ways.spot.prefix, slice, context);
}

function lookBelow(prefix: string, { given, at, batch }: Slice, context: ListingContext): number {
  const { lookups } = context.settings;
  const [isEnough, isPlain] = [isBare(context), isAscii(prefix)];
  const since = performance.now();
  let before = since;
  let index = at;
  while (index < given.names.length && batch.links < MAX_LINKS) {
    const entry = entryAt(given, index);
    index += 1;
    if (isEnough && batch.addBare(entry)) continue;
    const { bytes } = entry;
    if (isPlain && isAscii(bytes)) batch.add(entry, bytes, lookNow(prefix + bytes));
    else batch.add(entry, fromBytes(bytes), lookNow(bytesToSystem(prefix + bytes)));
    const now = performance.now();
    lookups.took(now - before);
    before = now;
    if (now - since > SLICE) break;
  }
  return index;
}

function lookNow(path: SystemPath): FileStats | null | undefined {
  try {
    return fs.lstatSync(path, QUIETLY) ?? null;
  } catch (error) {
    return statsOnError(error);
  }
}

async function lookThroughPool(spot: Spot, { given, at, batch }: Slice, context: ListingContext): Promise<number> {
  const end = Math.min(at + MAX_LOOKUPS, given.names.length);
  const looks: Promise<void>[] = [];
  for (let index = at; index < end; index += 1) {
    const entry = entryAt(given, index);
    if (!(isBare(context) && batch.addBare(entry))) looks.push(lookLater(spot, entry, batch));
  }
  await Promise.all(looks);
  return end;
}

async function lookLater(spot: Spot, entry: Entry, batch: ListingBatch): Promise<void> {
  const { bytes } = entry;
  const stats = await lstat(bytesToSystem(spot.prefix + bytes)).catch(statsOnError);
  batch.add(entry, fromBytes(bytes), stats);
}

/** `null` of what has vanished; nothing of what may be listed but not looked at. */
function statsOnError(error: unknown): null | undefined {
  return errorCode(error) === "EACCES" ? undefined : null;
}

function entryAt({ names, types }: TypedNames, index: number): Entry {
  return { bytes: names[index] ?? "", type: types[index] ?? "other" };
}
