import type { BanRules } from "@belfry/ftp";
import { BanTable } from "./ban-table.js";

/** How many keys with failures are kept, and how many bans; a worker keeps as many of these. */
export const MAX_KEYS = 10_000;

/** Failures of one key, and until when they count, in milliseconds since the epoch. */
interface Strikes {
  count: number;
  readonly until: number;
}

/** Failed logins by address, or by user and address, and the bans they bring: of one service, over all workers. */
export class StrikeLedger {
  readonly bans: BanTable;
  readonly #maxKeys: number;
  /** The one that failed longest ago comes first. */
  readonly #strikes = new Map<string, Strikes>();

  /** @param maxKeys with failures, and as many bans; beyond it the oldest are forgotten. */
  constructor(maxKeys = MAX_KEYS) {
    this.#maxKeys = maxKeys;
    this.bans = new BanTable(maxKeys);
  }

  /** Keys that are kept. */
  get size(): number {
    return this.#strikes.size + this.bans.size;
  }

  /**
   * Counts a failure; one under a ban does not prolong it.
   *
   * @param rules those of who asks: after a reload old and new workers may have different ones.
   * @returns until when this failure has banned the key, in milliseconds since the epoch; else `null`.
   */
  fail(key: string, { attempts, window, banTime }: BanRules): number | null {
    if (this.bans.has(key)) return null;
    const now = Date.now();
    const known = this.#strikes.get(key);
    const strikes = known !== undefined && known.until > now ? known : { count: 0, until: now + window };
    strikes.count += 1;
    this.#strikes.delete(key);
    if (strikes.count < attempts) {
      this.#strikes.set(key, strikes);
      this.#dropOldest();
      return null;
    }
    this.bans.add(key, now + banTime);
    return now + banTime;
  }

  /** Forgets the failures of `key`; a ban stays. */
  forgive(key: string): void {
    this.#strikes.delete(key);
  }

  #dropOldest(): void {
    for (const key of this.#strikes.keys()) {
      if (this.#strikes.size <= this.#maxKeys) return;
      this.#strikes.delete(key);
    }
  }
}
