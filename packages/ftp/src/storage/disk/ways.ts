import type { Spot } from "./reach.js";
import type { Shortcut } from "./shortcut.js";

/** So many names are worth a shortcut, which costs some calls of its own. */
const MANY = 32;

/** The ways to the names in a directory: the sure one, and mostly a faster one. */
export class Ways {
  readonly spot: Spot;
  #shortcut: Shortcut | null = null;

  constructor(spot: Spot) {
    this.spot = spot;
  }

  /** The faster one for so many names. What it has led to counts only if {@link hasHeld} says so afterwards. */
  shortcut(count: number): Shortcut | null {
    if (count >= MANY) this.#shortcut ??= this.spot.shortcut();
    return this.#shortcut;
  }

  /** Whether it has led to that directory all the time since it was given; when not, the next one will be another. */
  hasHeld(shortcut: Shortcut): boolean {
    if (shortcut.holds()) return true;
    if (this.#shortcut === shortcut) this.#shortcut = null;
    return false;
  }
}
