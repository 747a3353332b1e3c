import type { FileInfo } from "../storage/storage.js";

/** Entries that are held to be sorted. People read listings of so many; programs sort for themselves. */
const MAX_SORTED = 1000;

/**
 * A listing by name, by the numbers of its characters, where it has no more than 1,000 entries. A longer one
 * comes as the storage gives it: to sort that would mean to hold all of it, and to keep the client waiting.
 */
export async function* inOrder(
  batches: AsyncIterable<readonly FileInfo[]>,
): AsyncGenerator<readonly FileInfo[], void, undefined> {
  let held: FileInfo[] | null = [];
  for await (const batch of batches) {
    if (held === null) {
      yield batch;
      continue;
    }
    if (held.length + batch.length <= MAX_SORTED) {
      held.push(...batch);
      continue;
    }
    if (held.length > 0) yield held;
    held = null;
    yield batch;
  }
  if (held !== null && held.length > 0) yield held.sort(byName);
}

function byName(a: FileInfo, b: FileInfo): number {
  return a.name < b.name ? -1 : 1;
}
