import type { Dir } from "node:fs";
import type { FileInfo } from "../storage.js";
import { StorageError } from "../storage-error.js";
import { describeNames } from "./describe-names.js";
import { closeDirectory, openDirectory, readNames, readNamesNow } from "./directory-names.js";
import { isBare, type ListingContext } from "./listing-context.js";
import { NamesAhead } from "./names-ahead.js";
import type { Spot } from "./reach.js";
import { nextTurn } from "../../turns.js";
import { Ways } from "./ways.js";

/** The entries of a directory, in batches. Closes `spot`. */
export async function* listDirectory(
  spot: Spot,
  context: ListingContext,
): AsyncGenerator<readonly FileInfo[], void, undefined> {
  let directory: Dir | null = null;
  try {
    if (!(await spot.stat()).isDirectory()) throw new StorageError("not-a-directory", context.path);
    directory = await openDirectory(spot);
    await spot.confirm();
    yield* describeAll(directory, new Ways(spot), context);
  } finally {
    if (directory !== null) await closeDirectory(directory);
    spot.close();
  }
}

async function* describeAll(
  directory: Dir,
  ways: Ways,
  context: ListingContext,
): AsyncGenerator<readonly FileInfo[], void, undefined> {
  const { lookups } = context.settings;
  const ahead = new NamesAhead(ways, context);
  for (;;) {
    context.signal?.throwIfAborted();
    if (ahead.isDue) {
      yield* ahead.next();
      continue;
    }
    if (lookups.areQuick) await nextTurn();
    const found = lookups.areQuick ? readNamesNow(directory, lookups, isBare(context)) : await readNames(directory);
    if (found.names.length === 0) break;
    if (ahead.take(found)) continue;
    while (!ahead.isEmpty) yield* ahead.next();
    yield* describeNames({ ...found, found: null }, ways, context);
  }
  while (!ahead.isEmpty) yield* ahead.next();
}
