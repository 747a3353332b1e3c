import type { AccountOptions } from "./account-options.js";

/** One user of a list. Exactly one of `password` and `passwordHash` is given. */
export interface UserOptions extends AccountOptions {
  /** What USER sends; compared by bytes. */
  readonly name: string;
  /** The password in the clear. */
  readonly password?: string | undefined;
  /** An argon2id hash of the password, as `hashPassword` makes it. Needs the package `@node-rs/argon2`. */
  readonly passwordHash?: string | undefined;
}
