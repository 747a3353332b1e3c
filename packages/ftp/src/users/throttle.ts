import type { RateLimiterAbstract } from "rate-limiter-flexible";

/**
 * What keeps passwords from being guessed. Times are milliseconds; all numbers are whole.
 *
 * IPv6 addresses count as their network of 64 bits, which one subscriber has at least, and are told as such: `2001:db8:0:1::/64`.
 * A process keeps at most 10,000 addresses and 10,000 pairs of user and address that have failed, and as many bans; the oldest
 * go first. Passwords sent at once from one address are checked `attemptsPerAddress` at a time; with `loginCounts`, that divided
 * by the processes, and at least one in each.
 */
export interface ThrottleOptions {
  /** Failed logins on one connection; then 421 and the end. Default 3. */
  readonly attemptsPerSession?: number | undefined;
  /** Failed logins from one address within `window`; then it is banned. Default 20. */
  readonly attemptsPerAddress?: number | undefined;
  /** Failed logins of one user name from one address within `window`; then that pair is banned. Default 10. */
  readonly attemptsPerUser?: number | undefined;
  /** Default 600,000. */
  readonly window?: number | undefined;
  /** How long a ban lasts. Default 900,000. */
  readonly banTime?: number | undefined;
  /**
   * How long the answer to a failed login takes at least, counted from PASS; it does not depend on the user. Doubled for each further
   * failure on a connection, up to a minute. Default 500.
   */
  readonly delay?: number | undefined;
  /**
   * Where failures and bans are kept, in place of this process's memory: limiters of `rate-limiter-flexible` on another store. Their
   * `points` and `duration` count in place of `attemptsPerAddress`, `attemptsPerUser` and `window`. While a store fails logins are
   * refused with an error.
   */
  readonly stores?: { readonly byAddress: RateLimiterAbstract; readonly byUser: RateLimiterAbstract } | undefined;
}
