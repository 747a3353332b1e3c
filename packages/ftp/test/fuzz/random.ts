/** Numbers that a seed alone decides, the same on every machine (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new RangeError("Cannot pick: the list is empty");
    return found;
  }
}

/** The seed of one session of a run. */
export function seedOf(run: number, session: number): number {
  const mixed = Math.imul((run ^ 0x9e3779b9) >>> 0, 0x85ebca6b) + Math.imul(session + 1, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
