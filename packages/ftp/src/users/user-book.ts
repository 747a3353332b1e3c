import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { encodeText } from "../protocol/text.js";
import type { Account, Credentials } from "./account.js";
import { makeAccount } from "./account-options.js";
import type { RootStorages } from "./account-options.js";
import { checkText, show } from "./check.js";
import { passwordBytes } from "./password-bytes.js";
import { isPasswordHash, standInFor, verifyPassword } from "./password-hash.js";
import type { PasswordWait } from "./password-hasher.js";
import type { UserOptions } from "./user-options.js";

/**
 * Users by their names, and their passwords. A name that is not among them costs the time of one that is: each such name is given
 * a user to stand in, always the same one, whose kind of password is then checked in vain. So where prices differ, those of
 * unknown names differ alike.
 */
export class UserBook {
  readonly #entries = new Map<string, Entry>();
  readonly #standIns: readonly Password[];
  readonly #key = randomBytes(32);

  /** @throws {TypeError | RangeError} that names the first wrong option, its user and its value. */
  constructor(users: readonly UserOptions[], storages: RootStorages) {
    for (const user of users) this.#add(user, storages);
    const passwords = [...this.#entries.values()].map(({ password }) => password);
    this.#standIns = passwords.length > 0 ? passwords.map(vainly) : [vainly(new ClearPassword(""))];
  }

  /** The account, or `null` for a wrong name or password. @throws {PasswordHashError} @throws `signal.reason` */
  async find({ user, password }: Credentials, options: PasswordWait): Promise<Account | null> {
    const entry = this.#entries.get(user);
    const isRight = await (entry?.password ?? this.#standIn(user)).matches(password, options);
    return isRight && entry !== undefined ? entry.account : null;
  }

  #add(user: UserOptions, storages: RootStorages): void {
    if (typeof user !== "object" || user === null)
      throw new TypeError(`Cannot use user ${show(user)}: expected an object`);
    checkText("name", user.name);
    if (this.#entries.has(user.name)) throw new TypeError(`Cannot use name ${show(user.name)}: it is there twice`);
    try {
      this.#entries.set(user.name, { password: passwordOf(user), account: makeAccount(user.name, user, storages) });
    } catch (error) {
      throw ofUser(user.name, error);
    }
  }

  #standIn(user: string): Password {
    const digest = createHmac("sha256", this.#key).update(encodeText(user)).digest();
    return this.#standIns[digest.readUInt32LE() % this.#standIns.length] as Password;
  }
}

interface Entry {
  readonly account: Account;
  readonly password: Password;
}

type Password = ClearPassword | HashedPassword;

/** Kept and compared as keyed digests: neither the time of a comparison nor this process's memory tells it or its length. */
class ClearPassword {
  readonly #digest: Buffer;

  constructor(password: string) {
    this.#digest = digestOf(password);
  }

  matches(password: string): boolean {
    return timingSafeEqual(this.#digest, digestOf(password));
  }

  standIn(): ClearPassword {
    return new ClearPassword(randomBytes(32).toString("hex"));
  }
}

class HashedPassword {
  readonly #hash: string;

  constructor(hash: string) {
    this.#hash = hash;
  }

  matches(password: string, options: PasswordWait): Promise<boolean> {
    return verifyPassword(this.#hash, password, options);
  }

  standIn(): HashedPassword {
    return new HashedPassword(standInFor(this.#hash));
  }
}

const DIGEST_KEY = randomBytes(32);

function digestOf(password: string): Buffer {
  return createHmac("sha256", DIGEST_KEY).update(passwordBytes(password)).digest();
}

function vainly(password: Password): Password {
  return password.standIn();
}

function passwordOf({ password, passwordHash }: UserOptions): Password {
  if ((password === undefined) === (passwordHash === undefined)) {
    throw new TypeError("Cannot use the password: expected one of password and passwordHash");
  }
  if (passwordHash === undefined) {
    // What it is stays out of the message, which may be logged.
    if (typeof password !== "string") throw new TypeError("Cannot use the password: expected text");
    return new ClearPassword(password);
  }
  if (typeof passwordHash !== "string" || !isPasswordHash(passwordHash)) {
    throw new TypeError("Cannot use passwordHash: expected an argon2id hash, as hashPassword makes it");
  }
  return new HashedPassword(passwordHash);
}

/** The error with the user's name in it, of the same kind. */
function ofUser(name: string, cause: unknown): unknown {
  if (!(cause instanceof TypeError || cause instanceof RangeError)) return cause;
  const message = `Cannot use user ${show(name)}: ${cause.message}`;
  return cause instanceof RangeError ? new RangeError(message, { cause }) : new TypeError(message, { cause });
}
