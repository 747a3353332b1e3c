import type { Authenticate } from "./account.js";
import { UserBook } from "./user-book.js";
import type { UserOptions } from "./user-options.js";

/**
 * Users from a list. Those with the same `root` share one storage. Passwords in the clear are compared in constant time, and an
 * unknown name takes as long as a wrong password.
 *
 * @throws {TypeError | RangeError} at once, naming the first wrong option, its user and its value; a password is never shown.
 * @example
 * ```ts
 * import { memoryStorage, userList } from "@belfry/ftp";
 *
 * const storage = memoryStorage();
 * const authenticate = userList([
 *   { name: "ann", password: "secret", storage, permissions: "write", quota: { bytes: 10 * 2 ** 30 } },
 *   { name: "camera", password: "c4m", storage, permissions: { "/": "none", "/in": "upload" }, home: "/in" },
 * ]);
 * ```
 */
export function userList(users: readonly UserOptions[]): Authenticate {
  if (!Array.isArray(users)) throw new TypeError("Cannot use users: expected a list");
  const book = new UserBook(users as readonly UserOptions[], new Map());
  return (credentials, { signal }) => book.find(credentials, { signal });
}
