/** Failures by key, and the bans they bring. */
export interface BanList {
  /** Whether `key` is banned. */
  has(key: string): boolean | Promise<boolean>;
  /** Counts a failure of `key`. @returns until when this very failure has banned it, in milliseconds since the epoch; else `null`. */
  fail(key: string): Promise<number | null>;
  /** Forgets the failures of `key`; a ban stays. @returns `null` when there was nothing to forget. */
  forgive(key: string): Promise<void> | null;
}
