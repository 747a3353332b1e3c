import { RateLimiterMemory } from "rate-limiter-flexible";
import type { BanList, BanRules } from "./ban-list.js";

/** Options of {@link memoryBans}. */
export interface MemoryBansOptions extends Omit<BanRules, "kind"> {
  /** Keys with failures that are kept, and bans; the oldest go first. Default 10,000. */
  readonly maxKeys?: number | undefined;
}

/** Bans in the memory of this process. Whether a key is banned is known at once. */
export function memoryBans(options: MemoryBansOptions): BanList & { has(key: string): boolean; readonly size: number } {
  return new MemoryBans(options);
}

class MemoryBans implements BanList {
  readonly #limiter: RateLimiterMemory;
  readonly #options: MemoryBansOptions;
  readonly #maxKeys: number;
  /** Keys the limiter counts, the one that failed longest ago first. */
  readonly #counted = new Set<string>();
  /** Until when; the one that ends first comes first, because all last equally long. */
  readonly #bans = new Map<string, number>();

  constructor(options: MemoryBansOptions) {
    this.#options = options;
    this.#maxKeys = options.maxKeys ?? 10_000;
    this.#limiter = new RateLimiterMemory({ points: options.attempts, duration: options.window / 1000 });
  }

  /** Keys that are kept. */
  get size(): number {
    return this.#counted.size + this.#bans.size;
  }

  has(key: string): boolean {
    const until = this.#bans.get(key);
    if (until === undefined) return false;
    if (until > Date.now()) return true;
    this.#bans.delete(key);
    return false;
  }

  async fail(key: string): Promise<number | null> {
    if (this.has(key)) return null;
    this.#counted.delete(key);
    this.#counted.add(key);
    await this.#dropOldest();
    const { consumedPoints } = await this.#limiter.penalty(key);
    // Of failures at the same time one brings the ban.
    if (consumedPoints !== this.#options.attempts) return null;
    await this.forgive(key);
    return this.#ban(key);
  }

  forgive(key: string): Promise<void> | null {
    // As a rule there is nothing, and every login asks.
    return this.#counted.delete(key) ? this.#forget(key) : null;
  }

  async #forget(key: string): Promise<void> {
    await this.#limiter.delete(key);
  }

  async #dropOldest(): Promise<void> {
    for (const key of this.#counted) {
      if (this.#counted.size <= this.#maxKeys) break;
      await this.forgive(key);
    }
  }

  #ban(key: string): number {
    const now = Date.now();
    for (const [key, until] of this.#bans) {
      if (until > now && this.#bans.size < this.#maxKeys) break;
      this.#bans.delete(key);
    }
    const until = now + this.#options.banTime;
    this.#bans.set(key, until);
    return until;
  }
}
