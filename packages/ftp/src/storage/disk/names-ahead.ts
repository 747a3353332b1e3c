import fs from "node:fs";
import type { FileInfo, FileType } from "../storage.js";
import { describeNames } from "./describe-names.js";
import { NAMES_AT_ONCE, type TypedNames } from "./directory-names.js";
import { isBare, type ListingContext } from "./listing-context.js";
import { type LookedUp, type LookupTask, lookUp, roomFor } from "./looked-up.js";
import type { Shortcut } from "./shortcut.js";
import { nextTurn } from "../../turns.js";
import type { Ways } from "./ways.js";

/** From so many names on another thread is worth its start, which takes as long as looking at some ten thousand. */
const MANY = 8192;
/** Lots of names that are held until those in front of them have been looked at. */
const MAX_LOTS = 16;

/** Milliseconds of looking at one lot at once, which is for a warm disk; then it is left for its turn. */
const LONGEST = 5;

/** Names that are looked at before it is their turn. They stand in one text, for many small objects that stay are dear. */
interface Lot {
  readonly names: string;
  readonly types: readonly FileType[];
  readonly shortcut: Shortcut;
  /** Whether there is an answer, which is `null` when the thread has ended, or this one has looked for long enough. */
  isThere: boolean;
  found: LookedUp | null;
}

/**
 * The part of a large listing that another thread looks at, and what this one looks at meanwhile: in the order of the
 * directory, and only by a shortcut, so that nothing counts unless it has held.
 */
export class NamesAhead {
  readonly #ways: Ways;
  readonly #context: ListingContext;
  readonly #lots: Lot[] = [];
  readonly #rooms: LookedUp[] = [];
  #seen = 0;

  constructor(ways: Ways, context: ListingContext) {
    this.#ways = ways;
    this.#context = context;
  }

  get isEmpty(): boolean {
    return this.#lots.length === 0;
  }

  /** Whether {@link next} is to come before more names. */
  get isDue(): boolean {
    const [first] = this.#lots;
    if (first === undefined) return false;
    return this.#lots.length === MAX_LOTS || (first.isThere && !this.#context.thread.hasRoom);
  }

  /**
   * Takes the names that follow, in a turn of the caller's.
   *
   * @returns `false` when the caller is to describe them, after all that were taken.
   */
  take({ names, types }: TypedNames): boolean {
    const { thread } = this.#context;
    const isFirst = this.#seen === 0;
    this.#seen += names.length;
    if (this.#seen > MANY && this.#isFit(names)) thread.start();
    // The first are wanted at once. This thread works ahead only where the other one does.
    if (isFirst || !this.#isFit(names) || (!thread.hasRoom && this.isEmpty)) return false;
    const shortcut = this.#ways.shortcut(names.length);
    if (shortcut === null) return false;
    const task = {
      prefix: shortcut.prefix,
      names: names.join("/"),
      found: this.#rooms.pop() ?? roomFor(NAMES_AT_ONCE),
    };
    this.#lots.push(thread.hasRoom ? this.#send(task, types, shortcut) : this.#lookUp(task, types, shortcut));
    return true;
  }

  /** Describes the names that were taken first. */
  async *next(): AsyncGenerator<readonly FileInfo[], void, undefined> {
    const lot = this.#lots.shift();
    if (lot === undefined) return;
    await nextTurn();
    // Without an answer this thread looks itself, which on a busy machine is sooner than the other one has its turn.
    const { types, shortcut, found } = lot;
    const names = lot.names.split("/");
    const isSure = found !== null && this.#ways.hasHeld(shortcut);
    yield* describeNames({ names, types, found: isSure ? found : null }, this.#ways, this.#context);
    if (found !== null) this.#rooms.push(found);
  }

  #send(task: LookupTask, types: readonly FileType[], shortcut: Shortcut): Lot {
    const lot: Lot = { names: task.names, types, shortcut, isThere: false, found: null };
    const hear = async (): Promise<void> => {
      lot.found = await this.#context.thread.lookUp(task);
      lot.isThere = true;
    };
    void hear();
    return lot;
  }

  #lookUp(task: LookupTask, types: readonly FileType[], shortcut: Shortcut): Lot {
    const { lookups } = this.#context.settings;
    const since = performance.now();
    let before = since;
    lookUp(task, {
      lstatSync(path, options) {
        if (before - since > LONGEST) return undefined;
        const stats = fs.lstatSync(path, options);
        const now = performance.now();
        lookups.took(now - before);
        before = now;
        return stats;
      },
    });
    const found = before - since > LONGEST ? null : task.found;
    return { names: task.names, types, shortcut, isThere: true, found };
  }

  #isFit(names: readonly string[]): boolean {
    return !isBare(this.#context) && this.#context.settings.lookups.areQuick && names.length <= NAMES_AT_ONCE;
  }
}
