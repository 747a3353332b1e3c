import type { Account, Authenticate, Credentials, LoginAttempt } from "./account.js";
import type { LoginCounts } from "./login-counts.js";
import type { ThrottleOptions } from "./throttle.js";

/** What became of a login. */
export type LoginResult =
  | {
      readonly account: Account;
      /** Gives the account's place among its sessions back: the session's duty when it ends. Idempotent. */
      readonly leave: () => void;
    }
  | { readonly account: null; readonly reason: "credentials" | "banned" | "limit" | "error"; readonly error?: unknown };

/** What the desk needs. */
export interface LoginDeskOptions {
  readonly authenticate: Authenticate;
  readonly throttle: ThrottleOptions | false;
  readonly counts: LoginCounts;
  readonly onBan: (ban: { readonly kind: "address" | "user"; readonly key: string; readonly until: number }) => void;
}

/** Where all sessions of a service log in: bans, delays, the one `authenticate`, sessions per account. */
export interface LoginDesk {
  /** Failed logins a session may have; then it is ended. `Infinity` without a throttle. */
  readonly attemptsPerSession: number;
  /** Whether an address is turned away, asked when it connects. */
  isBanned(address: string): boolean | Promise<boolean>;
  /**
   * Never rejects. The answer to a failure takes at least the throttle's delay, whoever the user is; it comes at once when the
   * attempt's signal aborts.
   *
   * @param failures failed logins of this session so far.
   */
  login(credentials: Credentials, attempt: LoginAttempt, failures: number): Promise<LoginResult>;
}
