import type { BanList, BanRules } from "./ban-list.js";
import { checkWhole, MAX_TIME, show } from "./check.js";
import type { LoginCounts } from "./login-counts.js";
import { storeBans } from "./store-bans.js";
import type { ThrottleOptions } from "./throttle.js";

/** {@link ThrottleOptions} with the defaults in place, and where bans are kept. */
export interface ThrottleSettings {
  readonly attemptsPerSession: number;
  /** Passwords of one address that are checked at a time. */
  readonly checksAtOnce: number;
  readonly delay: number;
  readonly byAddress: BanList;
  readonly byUser: BanList;
}

/** @throws {TypeError | RangeError} that names the first wrong option and its value. */
export function resolveThrottle(options: ThrottleOptions, counts: LoginCounts): ThrottleSettings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot use throttle ${show(options)}: expected an object, or false`);
  }
  const { attemptsPerSession = 3, attemptsPerAddress = 20, attemptsPerUser = 10 } = options;
  const { window = 600_000, banTime = 900_000, delay = 500, stores } = options;
  checkWhole("attemptsPerSession", attemptsPerSession);
  checkWhole("attemptsPerAddress", attemptsPerAddress);
  checkWhole("attemptsPerUser", attemptsPerUser);
  // 0 is for ever to a limiter.
  checkWhole("window", window, 1, MAX_TIME);
  checkWhole("banTime", banTime, 1, MAX_TIME);
  checkWhole("delay", delay, 0, MAX_TIME);
  if (stores !== undefined) checkStores(stores);
  const bans = (kind: BanRules["kind"], attempts: number): BanList =>
    stores === undefined
      ? counts.bans({ kind, attempts, window, banTime })
      : storeBans(kind === "address" ? stores.byAddress : stores.byUser, banTime);
  const failures = stores?.byAddress.points ?? attemptsPerAddress;
  return {
    attemptsPerSession,
    // In one process or in several: about so many are tried before the first failure counts.
    checksAtOnce: Math.max(1, Math.floor(failures / counts.processes)),
    delay,
    byAddress: bans("address", attemptsPerAddress),
    byUser: bans("user", attemptsPerUser),
  };
}

function checkStores(stores: NonNullable<ThrottleOptions["stores"]>): void {
  for (const name of ["byAddress", "byUser"] as const) {
    const limiter = stores?.[name];
    if (typeof limiter?.penalty !== "function") {
      throw new TypeError(`Cannot use stores.${name} ${show(limiter)}: expected a limiter of rate-limiter-flexible`);
    }
    checkWhole(`points of stores.${name}`, limiter.points);
  }
}
