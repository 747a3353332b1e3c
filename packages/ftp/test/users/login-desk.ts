import { memoryStorage } from "../../src/storage/memory-storage.js";
import type { Account, Authenticate, LoginAttempt } from "../../src/users/account.js";
import { createLoginDesk } from "../../src/users/create-login-desk.js";
import type { LoginCounts } from "../../src/users/login-counts.js";
import type { LoginDesk, LoginDeskOptions, LoginResult } from "../../src/users/login-desk.js";
import { memoryCounts } from "../../src/users/memory-counts.js";
import type { ThrottleOptions } from "../../src/users/throttle.js";
import { attempt, credentials } from "./attempt.js";

type Ban = Parameters<LoginDeskOptions["onBan"]>[0];

/** May have two sessions. */
export const ANN: Account = { name: "ann", storage: memoryStorage(), maxSessions: 2 };
export const onlyAnn: Authenticate = ({ user, password }) => (user === "ann" && password === "secret" ? ANN : null);

/** A desk, and the bans it tells of. */
export function makeDesk(
  throttle: ThrottleOptions | false,
  authenticate = onlyAnn,
  counts: LoginCounts = memoryCounts(),
): { desk: LoginDesk; bans: Ban[] } {
  const bans: Ban[] = [];
  return { desk: createLoginDesk({ authenticate, throttle, counts, onBan: (ban) => bans.push(ban) }), bans };
}

/** What a login is tried with. */
export interface Try extends Partial<LoginAttempt> {
  readonly user?: string;
  readonly password?: string;
  readonly failures?: number;
}

/** Logs in as `ann`, with a wrong password unless told otherwise. */
export function tryLogin(
  desk: LoginDesk,
  { user = "ann", password = "wrong", failures = 0, ...rest }: Try = {},
): Promise<LoginResult> {
  return desk.login(credentials(user, password), attempt(rest), failures);
}

/** Why a login was refused; `in` when it was not. */
export async function reasonOf(result: LoginResult | Promise<LoginResult>): Promise<string> {
  const settled = await result;
  return settled.account === null ? settled.reason : "in";
}
