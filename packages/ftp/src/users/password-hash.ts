import { randomBytes } from "node:crypto";
import { passwordBytes } from "./password-bytes.js";
import { PasswordHasher } from "./password-hasher.js";
import type { PasswordWait } from "./password-hasher.js";

/**
 * The argon2id hash of a password in PHC form, with a salt of its own, for a users file or `passwordHash` of a user. It takes
 * 19 MiB and 2 passes. Needs the package `@node-rs/argon2`.
 *
 * @throws {PasswordHashError} `not-installed`; `too-many` while 1000 others wait.
 * @example
 * ```ts
 * import { hashPassword } from "@belfry/ftp";
 *
 * console.log(await hashPassword("secret")); // $argon2id$v=19$m=19456,t=2,p=1$…
 * ```
 */
export function hashPassword(password: string): Promise<string> {
  return HASHER.hash(passwordBytes(password));
}

/**
 * Whether a password is the one of an argon2id hash, for an `authenticate` of one's own. A few are checked at once, and the others wait.
 * Needs the package `@node-rs/argon2`.
 *
 * For a name that is not known give it a hash that is no user's, with the same price: how long the answer takes then tells nothing.
 *
 * @throws {PasswordHashError} `not-installed`; `too-many` while 1000 others wait. @throws `signal.reason` when it aborts before its turn.
 * @throws {Error} when `hash` is none.
 * @example
 * ```ts
 * import { hashPassword, memoryStorage, verifyPassword } from "@belfry/ftp";
 * import type { Account, Authenticate } from "@belfry/ftp";
 *
 * const users = new Map([["ann", await hashPassword("secret")]]);
 * const nobody = await hashPassword(crypto.randomUUID());
 * const ann: Account = { name: "ann", storage: memoryStorage() };
 * const authenticate: Authenticate = async ({ user, password }, { signal }) => {
 *   const isRight = await verifyPassword(users.get(user) ?? nobody, password, { signal });
 *   return isRight ? ann : null;
 * };
 * ```
 */
export function verifyPassword(hash: string, password: string, options?: PasswordWait): Promise<boolean> {
  return HASHER.verify(hash, passwordBytes(password), options);
}

/** Whether `text` is an argon2id hash in PHC form whose price can be paid: up to 1 GiB, 100 passes, 64 lanes. */
export function isPasswordHash(text: string): boolean {
  const match = PHC.exec(text);
  if (match === null) return false;
  const [memory, passes, lanes] = match.slice(1, 4).map(Number) as [number, number, number];
  return isWithin(lanes, 1, 64) && isWithin(passes, 1, 100) && isWithin(memory, 8 * lanes, 2 ** 20);
}

/** A hash no password has, at the price of `hash`. */
export function standInFor(hash: string): string {
  const [, kind, version, price, salt = "", digest = ""] = hash.split("$");
  return ["", kind, version, price, randomBase64(salt.length), randomBase64(digest.length)].join("$");
}

/** One for the process, so that all services in it together do no more at once. */
const HASHER = new PasswordHasher();

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,86}$/;

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/** So many characters of base64, without padding. Made from bytes, because decoders refuse spare bits that are not 0. */
function randomBase64(length: number): string {
  return randomBytes(Math.floor((length * 3) / 4))
    .toString("base64")
    .replaceAll("=", "");
}
