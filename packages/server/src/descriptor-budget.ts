import { readFileSync, readdirSync } from "node:fs";
import { performance } from "node:perf_hooks";

/** Where a budget learns what the system allows; replaced in tests. */
export interface DescriptorSource {
  /** The soft limit on open files; `null` when unknown or unlimited. */
  limit(): number | null;
  /** How many are open. @throws when that cannot be told, for want of a descriptor for one. */
  used(): number;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
}

/** Descriptors kept free for everything else: at least 16, at most 256, else a sixteenth of the limit. */
const MIN_RESERVE = 16;
const MAX_RESERVE = 256;
const MIN_DELAY = 5;
const MAX_DELAY = 1000;

/**
 * Keeps a process from running out of file descriptors by accepting.
 *
 * Node gives no sign when it does: it accepts and closes. So the descriptors are counted, and connections are refused
 * while fewer than the reserve are free. Counting lists a directory, so a count is trusted for a while: for accepts up to
 * half of what it found free, and for a millisecond per free descriptor, since others open descriptors too.
 */
export class DescriptorBudget {
  readonly #source: DescriptorSource;
  #allowance = 0;
  #freshUntil = 0;
  #retryAt = 0;
  #delay = 0;

  constructor(source: DescriptorSource) {
    this.#source = source;
  }

  /** Milliseconds until the next count while there is a shortage; 0 while there is none. */
  get delay(): number {
    return this.#delay;
  }

  /**
   * Asks for one connection that has just been accepted.
   *
   * @returns `granted`; or `refused`, with `exhausted` in its place when this call found the shortage by counting.
   */
  take(): "granted" | "refused" | "exhausted" {
    const now = this.#source.now();
    if (this.#allowance > 0 && now < this.#freshUntil) {
      this.#allowance--;
      return "granted";
    }
    if (now < this.#retryAt && this.#allowance <= 0) return "refused";
    const free = this.#countFree();
    if (free < 0) {
      this.#allowance = 0;
      this.#delay = Math.min(this.#delay * 2 || MIN_DELAY, MAX_DELAY);
      // Until the next count, what is released here may be taken again: at the limit, counting for each would be dear.
      this.#retryAt = now + this.#delay;
      this.#freshUntil = this.#retryAt;
      return "exhausted";
    }
    this.#allowance = Math.floor(free / 2);
    this.#freshUntil = now + Math.max(free, MIN_DELAY);
    this.#delay = 0;
    this.#retryAt = 0;
    return "granted";
  }

  /** Gives back what `take` granted, once the connection's descriptor is released. */
  release(): void {
    this.#allowance++;
  }

  #countFree(): number {
    const limit = this.#source.limit();
    if (limit === null) return Number.POSITIVE_INFINITY;
    const reserve = Math.min(Math.max(limit >> 4, MIN_RESERVE), MAX_RESERVE);
    try {
      return limit - reserve - this.#source.used();
    } catch {
      return -1;
    }
  }
}

/** Linux tells through `/proc`; elsewhere there is no budget. */
const SYSTEM: DescriptorSource = {
  limit: () => {
    try {
      const soft = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
      return soft === undefined ? null : Number(soft);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EMFILE" ? 0 : null;
    }
  },
  used: () => readdirSync("/proc/self/fd").length,
  now: () => performance.now(),
};

/** The budget of this process, shared by its servers. */
export const processBudget: DescriptorBudget = new DescriptorBudget(SYSTEM);
