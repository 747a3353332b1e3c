/** Counters of one thing: each only rises. */
export type Counts = Readonly<Record<string, number>>;

/** The same names, each with its rise per second. */
export type Rates<C extends Counts> = { readonly [Name in keyof C]: number };

/**
 * Makes rates of counters that are read from time to time, for as many things as there are. It knows what the last
 * reading held and nothing else, so it is as large as a reading.
 */
export class RateMeter<C extends Counts> {
  #last = new Map<string, C>();
  #rates = new Map<string, Rates<C>>();
  #at = 0;

  /**
   * Takes a reading of everything at one time.
   *
   * @param at milliseconds; a reading that is no later than the one before changes nothing.
   */
  read(at: number, counts: Iterable<readonly [string, C]>): void {
    const elapsed = (at - this.#at) / 1000;
    if (elapsed <= 0) return;
    const next = new Map(counts);
    this.#rates = new Map();
    for (const [key, now] of next) {
      const before = this.#last.get(key);
      if (before !== undefined) this.#rates.set(key, rise(before, now, elapsed));
    }
    this.#last = next;
    this.#at = at;
  }

  /** @returns `undefined` for what has been read less than twice. */
  of(key: string): Rates<C> | undefined {
    return this.#rates.get(key);
  }

  /** Forgets everything: what is read next has nothing to do with what was read before. */
  clear(): void {
    this.#last.clear();
    this.#rates.clear();
    this.#at = 0;
  }
}

function rise<C extends Counts>(before: C, now: C, elapsed: number): Rates<C> {
  // A counter that fell has begun anew: its worker has been replaced.
  const entries = Object.keys(now).map((name) => [name, Math.max((now[name] ?? 0) - (before[name] ?? 0), 0) / elapsed]);
  return Object.fromEntries(entries) as Rates<C>;
}
