import type { Account, Credentials, LoginAttempt } from "./account.js";
import { checkAccount } from "./account-options.js";
import { addressKey } from "./address-key.js";
import { show } from "./check.js";
import { elapse } from "./delay.js";
import type { Leave, LoginCounts } from "./login-counts.js";
import type { LoginDesk, LoginDeskOptions, LoginResult } from "./login-desk.js";
import { resolveThrottle } from "./throttle-settings.js";
import type { ThrottleSettings } from "./throttle-settings.js";
import { Turnstile } from "./turnstile.js";

/**
 * A desk for all sessions of one service. Where failures are counted in memory it tells at once, not by a promise, whether an
 * address is banned.
 *
 * @throws {TypeError | RangeError} that names the first wrong option and its value.
 */
export function createLoginDesk(options: LoginDeskOptions): LoginDesk {
  const { authenticate, throttle, counts } = options;
  if (typeof authenticate !== "function") {
    throw new TypeError(`Cannot use authenticate ${show(authenticate)}: expected a function`);
  }
  return new ThrottledDesk(options, throttle === false ? null : resolveThrottle(throttle, counts));
}

/** Beyond it a delay is no longer doubled. */
const MAX_DELAY = 60_000;

/** So many characters of a name count; names may be as long as a command line. */
const MAX_NAME = 128;

/** Why a login fails. */
type Refusal = LoginResult & { readonly account: null };

/** What a login must pass. */
interface Gate {
  readonly throttle: ThrottleSettings;
  /** What its address is counted by. */
  readonly address: string | null;
}

class ThrottledDesk implements LoginDesk {
  readonly attemptsPerSession: number;
  readonly #options: LoginDeskOptions;
  readonly #throttle: ThrottleSettings | null;
  readonly #turnstile: Turnstile | null;
  readonly #counts: LoginCounts;

  constructor(options: LoginDeskOptions, throttle: ThrottleSettings | null) {
    this.#options = options;
    this.#throttle = throttle;
    this.#turnstile = throttle && new Turnstile(throttle.checksAtOnce);
    this.#counts = options.counts;
    this.attemptsPerSession = throttle?.attemptsPerSession ?? Number.POSITIVE_INFINITY;
  }

  isBanned(address: string): boolean | Promise<boolean> {
    const key = addressKey(address);
    if (key === null || this.#throttle === null) return false;
    const banned = this.#throttle.byAddress.has(key);
    // A store that fails will do so again at the login, where it can be told.
    return typeof banned === "boolean" ? banned : banned.catch(() => false);
  }

  async login(credentials: Credentials, attempt: LoginAttempt, failures: number): Promise<LoginResult> {
    const since = Date.now();
    let result: LoginResult;
    try {
      result = await this.#decide(credentials, attempt);
    } catch (error) {
      result = { account: null, reason: "error", error };
    }
    // Counted from before the password was looked at, so that how long that took does not show.
    if (result.account === null) await elapse(this.#delayAfter(failures), since, attempt.signal);
    return result;
  }

  #delayAfter(failures: number): number {
    const { delay } = this.#throttle ?? { delay: 0 };
    if (delay === 0) return 0;
    return Math.max(delay, Math.min(delay * 2 ** failures, MAX_DELAY));
  }

  /** @throws what `authenticate` throws, or a store. */
  #decide(credentials: Credentials, attempt: LoginAttempt): Promise<LoginResult> {
    const throttle = this.#throttle;
    if (throttle === null || this.#turnstile === null) return this.#checkFreely(credentials, attempt);
    const address = addressKey(attempt.remoteAddress);
    // Else a hundred connections could each try a password before the first failure counts.
    const check = (): Promise<LoginResult> => this.#check(credentials, attempt, { throttle, address });
    return this.#turnstile.pass(address ?? "", check, attempt);
  }

  async #checkFreely(credentials: Credentials, attempt: LoginAttempt): Promise<LoginResult> {
    const account = checkAccount(await this.#options.authenticate(credentials, attempt));
    return account === null ? WRONG : this.#admit(account, attempt.signal);
  }

  async #check(credentials: Credentials, attempt: LoginAttempt, { throttle, address }: Gate): Promise<LoginResult> {
    const { byAddress, byUser } = throttle;
    const pair = `${credentials.user.slice(0, MAX_NAME)}@${address ?? "local"}`;
    const banned = address !== null && byAddress.has(address);
    const excluded = byUser.has(pair);
    const isAtOnce = typeof banned === "boolean" && typeof excluded === "boolean";
    const answers = isAtOnce ? [banned, excluded] : await Promise.all([banned, excluded]);
    if (answers.includes(true)) return BANNED;
    const account = checkAccount(await this.#options.authenticate(credentials, attempt));
    if (account !== null) {
      const forgiven = byUser.forgive(pair);
      if (forgiven !== null) await forgiven;
      return this.#admit(account, attempt.signal);
    }
    if (address !== null) this.#tell("address", address, await byAddress.fail(address));
    this.#tell("user", pair, await byUser.fail(pair));
    return WRONG;
  }

  #tell(kind: "address" | "user", key: string, until: number | null): void {
    if (until !== null) this.#options.onBan({ kind, key, until });
  }

  /** @throws `signal.reason` when the client has gone meanwhile: nobody would give the place back. */
  async #admit(account: Account, signal: AbortSignal): Promise<LoginResult> {
    signal.throwIfAborted();
    const { name, maxSessions = Number.POSITIVE_INFINITY } = account;
    const entered = await this.#counts.enter(name, maxSessions);
    if (entered === null) return FULL;
    const leave = once(entered);
    if (signal.aborted) leave();
    signal.throwIfAborted();
    return { account, leave };
  }
}

function once(leave: Leave): Leave {
  let isIn = true;
  return () => {
    if (isIn) leave();
    isIn = false;
  };
}

const WRONG: Refusal = { account: null, reason: "credentials" };
const BANNED: Refusal = { account: null, reason: "banned" };
const FULL: Refusal = { account: null, reason: "limit" };
