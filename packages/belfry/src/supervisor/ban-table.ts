/** Who is banned, and until when: so many at most. */
export class BanTable {
  readonly #max: number;
  /** In milliseconds since the epoch; the oldest comes first. */
  readonly #bans = new Map<string, number>();

  /** @param max bans that are kept; beyond it the oldest are forgotten. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Bans that are kept; some may be over. */
  get size(): number {
    return this.#bans.size;
  }

  has(key: string): boolean {
    const until = this.#bans.get(key);
    if (until === undefined) return false;
    if (until > Date.now()) return true;
    this.#bans.delete(key);
    return false;
  }

  /** @param until in milliseconds since the epoch. */
  add(key: string, until: number): void {
    this.#bans.delete(key);
    this.#bans.set(key, until);
    for (const oldest of this.#bans.keys()) {
      if (this.#bans.size <= this.#max) return;
      this.#bans.delete(oldest);
    }
  }

  /** Those that are not over, each with its end, the oldest first. */
  list(): [key: string, until: number][] {
    const now = Date.now();
    return [...this.#bans].filter(([, until]) => until > now);
  }
}
