import { stat, readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Account, Authenticate, Credentials, LoginAttempt } from "./account.js";
import { checkAccountOptions, makeAccount, rootKey } from "./account-options.js";
import type { AccountOptions, RootStorages } from "./account-options.js";
import { checkText, show } from "./check.js";
import { UserBook } from "./user-book.js";
import type { UserOptions } from "./user-options.js";
import { UsersFileError } from "./users-file-error.js";
import { parseUser } from "./users-file-format.js";

/** Options of {@link usersFile}. */
export interface UsersFileOptions {
  /** What lines that do not say it get. Default: nothing, so that each line has a `root`. */
  readonly defaults?: AccountOptions | undefined;
  /**
   * Told once when the file has changed and cannot be used: an {@link UsersFileError}. The users stay those that were read last. Without
   * any that were, each login is told the error too. Default: nothing.
   */
  readonly onError?: ((error: UsersFileError) => void) | undefined;
}

/**
 * Users from a file: a line each, with a name, an argon2id hash and options; `formatUser` has the format and makes lines. A relative
 * `root` is seen from the file's directory. The file is looked at with each login, and read again when it has changed; sessions that have
 * logged in go on as they are.
 *
 * @param path a file of up to 16 MiB. It need not be there yet.
 * @throws {TypeError | RangeError} at once, naming the first wrong option and its value. A login is what reads the file; {@link readUsersFile} tells
 * beforehand whether it can be used.
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { formatUser, hashPassword, usersFile } from "@belfry/ftp";
 *
 * const passwordHash = await hashPassword("secret");
 * await writeFile("users", `${formatUser({ name: "ann", passwordHash, root: ".", permissions: "write" })}\n`);
 * const authenticate = usersFile("users", { onError: (error) => console.error(error.message) });
 * ```
 */
export function usersFile(path: string, options: UsersFileOptions = {}): Authenticate {
  checkText("path", path);
  checkAccountOptions(options.defaults ?? {});
  const file = new UsersFile(resolve(path), options);
  return (credentials, attempt) => file.find(credentials, attempt);
}

/**
 * The users a file tells of, in its order, as {@link usersFile} sees them.
 *
 * @throws {UsersFileError} that names the file, the first wrong line, and what was expected there.
 */
export async function readUsersFile(path: string, defaults: AccountOptions = {}): Promise<readonly UserOptions[]> {
  checkAccountOptions(defaults);
  return parseUsers(await readText(path), path, defaults);
}

const MAX_SIZE = 16 * 2 ** 20;

/** How long a change may hide behind the same time of change: that of FAT, the coarsest, is 2 s. */
const TIME_GRAIN = 2000;

/** The file, and what it held when it could be used. */
class UsersFile {
  readonly #path: string;
  readonly #options: UsersFileOptions;
  #book: UserBook | null = null;
  #storages: RootStorages = new Map();
  /** What the file looked like when it was read; `null` when that may not tell a later change. */
  #stamp: string | null = null;
  /** Why it could not be used when it was read last. */
  #error: UsersFileError | null = null;
  #reading: Promise<void> | null = null;

  constructor(path: string, options: UsersFileOptions) {
    this.#path = path;
    this.#options = options;
  }

  async find(credentials: Credentials, { signal }: LoginAttempt): Promise<Account | null> {
    this.#reading ??= this.#refresh().finally(() => (this.#reading = null));
    await this.#reading;
    if (this.#book !== null) return this.#book.find(credentials, { signal });
    throw this.#error as UsersFileError;
  }

  async #refresh(): Promise<void> {
    const now = Date.now();
    const look = await lookAt(this.#path);
    if (look.stamp === this.#stamp) return;
    // A change in the same tick of the file's clock as this look would not show: then it is read once more.
    this.#stamp = Math.abs(now - look.modified) > TIME_GRAIN ? look.stamp : null;
    try {
      this.#use(await readUsersFile(this.#path, this.#options.defaults));
      this.#error = null;
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #use(users: readonly UserOptions[]): void {
    const storages: RootStorages = new Map();
    for (const { root, disk } of users) {
      if (root === undefined) continue;
      const key = rootKey(root, disk);
      const known = this.#storages.get(key);
      if (known !== undefined) storages.set(key, known);
    }
    this.#book = new UserBook(users, storages);
    this.#storages = storages;
  }

  #fail(cause: unknown): void {
    const error = cause instanceof UsersFileError ? cause : unreadable(this.#path, cause);
    const isNews = error.message !== this.#error?.message;
    this.#error = error;
    if (isNews) this.#options.onError?.(error);
  }
}

/** @returns what changes when the file does, and when that was, in milliseconds since the epoch. */
async function lookAt(path: string): Promise<{ readonly stamp: string; readonly modified: number }> {
  try {
    const { ino, size, mtimeNs, ctimeNs, mtimeMs } = await stat(path, { bigint: true });
    return { stamp: [ino, size, mtimeNs, ctimeNs].join(" "), modified: Number(mtimeMs) };
  } catch (error) {
    return { stamp: String((error as NodeJS.ErrnoException).code), modified: 0 };
  }
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_SIZE) throw new RangeError(`${size} bytes, expected at most ${MAX_SIZE}`);
    return await readFile(path, "utf8");
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): UsersFileError {
  const state = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
  return new UsersFileError("unreadable", `Cannot read users from ${show(path)}: ${state}`, { path, line: 0, cause });
}

function parseUsers(text: string, path: string, defaults: AccountOptions): readonly UserOptions[] {
  const users = new Map<string, UserOptions>();
  const storages: RootStorages = new Map();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    try {
      const user = parseUser(index === 0 ? line.replace(/^\uFEFF/, "") : line);
      if (user === null) continue;
      if (users.has(user.name)) throw new SyntaxError(`each name once, not ${show(user.name)} again`);
      const whole = withDefaults(user, path, defaults);
      // For its checks.
      makeAccount(user.name, whole, storages);
      users.set(user.name, whole);
    } catch (cause) {
      throw badLine(path, index + 1, cause);
    }
  }
  return [...users.values()];
}

function withDefaults(user: UserOptions, path: string, defaults: AccountOptions): UserOptions {
  if (user.root === undefined) {
    if (defaults.root === undefined && defaults.storage === undefined) throw new SyntaxError("root=DIRECTORY");
    return { ...defaults, ...user };
  }
  return { ...defaults, ...user, storage: undefined, root: resolve(dirname(path), user.root) };
}

function badLine(path: string, line: number, cause: unknown): UsersFileError {
  const { message } = cause as Error;
  const state = cause instanceof SyntaxError ? `expected ${message}` : message;
  return new UsersFileError("bad-line", `Cannot use line ${line} of ${show(path)}: ${state}`, { path, line, cause });
}
