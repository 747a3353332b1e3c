import type { Authenticate } from "./account.js";

/**
 * Asks one after the other; the first account counts. A name that two of them know has two passwords. Each is asked about every
 * wrong password, so that the time it takes tells nothing of where a name is known.
 *
 * @throws {TypeError} at once when there is nothing to ask.
 * @throws what the first of them throws that throws; those behind it are not asked.
 * @example
 * ```ts
 * import { anonymous, firstOf, memoryStorage, userList } from "@belfry/ftp";
 *
 * const storage = memoryStorage();
 * const authenticate = firstOf(
 *   userList([{ name: "ann", password: "secret", storage, permissions: "write" }]),
 *   anonymous({ storage }),
 * );
 * ```
 */
export function firstOf(...list: readonly Authenticate[]): Authenticate {
  if (list.length === 0) throw new TypeError("Cannot use firstOf: expected at least one to ask");
  return async (credentials, attempt) => {
    for (const authenticate of list) {
      const account = await authenticate(credentials, attempt);
      if (account !== null) return account;
    }
    return null;
  };
}
