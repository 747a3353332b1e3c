import type { Authenticate } from "./account.js";
import { makeAccount } from "./account-options.js";
import type { AccountOptions } from "./account-options.js";

/**
 * Logs in whoever calls themselves `anonymous` or `ftp`, in any case, with any password (RFC 1635). All of them are one account,
 * `anonymous`, so `maxSessions` and `quota` are for all together. With `permissions: "upload"` nobody can read what another has sent.
 *
 * @throws {TypeError | RangeError} at once, naming the first wrong option and its value.
 * @example
 * ```ts
 * import { anonymous, memoryStorage } from "@belfry/ftp";
 *
 * const storage = memoryStorage();
 * const authenticate = anonymous({ storage, permissions: { "/": "read", "/incoming": "upload" }, maxSessions: 50 });
 * ```
 */
export function anonymous(options: AccountOptions): Authenticate {
  const account = makeAccount("anonymous", options);
  return ({ user }) => (NAMES.has(user.toLowerCase()) ? account : null);
}

const NAMES: ReadonlySet<string> = new Set(["anonymous", "ftp"]);
