import type { BanList, BanRules } from "./ban-list.js";

/**
 * Where the logins of a service are counted. The default is this process's memory; another one counts for several processes that
 * serve the same together.
 *
 * What cannot be told rejects, and soon: the login that asks is refused with that error.
 */
export interface LoginCounts {
  /** How many processes count together, at least 1: each checks its part of the passwords that may be checked at once. */
  readonly processes: number;
  /** Failed logins and bans of one kind. Called once for each kind, unless `throttle` is off or has stores of its own. */
  bans(rules: BanRules): BanList;
  /**
   * Counts one session more of an account.
   *
   * @param account its name.
   * @param max how many it may have at a time; `Infinity` for no limit.
   * @returns what is called once, when the session has logged out; `null` when it has `max` already.
   */
  enter(account: string, max: number): Leave | null | Promise<Leave | null>;
}

/** Gives a session's place back. Does not throw. */
export type Leave = () => void;
