/** When failures of a key ban it. */
export interface BanRules {
  /** What is banned: an address, or one user from one address. */
  readonly kind: "address" | "user";
  /** Failures within `window`, in milliseconds, that bring a ban. */
  readonly attempts: number;
  readonly window: number;
  /** How long a ban lasts, in milliseconds. */
  readonly banTime: number;
}

/** Failures by key, and the bans they bring. What rejects refuses the login that asks, with that error. */
export interface BanList {
  /** Whether `key` is banned. */
  has(key: string): boolean | Promise<boolean>;
  /** Counts a failure of `key`. @returns until when this very failure has banned it, in milliseconds since the epoch; else `null`. */
  fail(key: string): Promise<number | null>;
  /** Forgets the failures of `key`; a ban stays. @returns `null` when there is nothing to wait for. */
  forgive(key: string): Promise<void> | null;
}
