import { Semaphore } from "@belfry/sync";

/** The part of `@node-rs/argon2` that is used. */
export interface Argon2 {
  hash(password: Uint8Array, options: Argon2Price): Promise<string>;
  verify(hash: string, password: Uint8Array): Promise<boolean>;
}

/** What a hash costs. */
export interface Argon2Price {
  /** KiB. */
  readonly memoryCost: number;
  /** Passes over the memory. */
  readonly timeCost: number;
  readonly parallelism: number;
}

/** Options of a wait for a hash. */
export interface PasswordWait {
  /** Aborting it rejects a wait for the turn with its reason; a hash under way is finished. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link PasswordHasher}. */
export interface PasswordHasherOptions {
  /** Gives the package. Default: `import("@node-rs/argon2")`. */
  readonly load?: (() => Promise<Argon2>) | undefined;
  /** Hashes at once. Default 2: they run in the four threads that files need too. */
  readonly limit?: number | undefined;
  /** Those that may wait. Default 1000, which are some 15 seconds of work. */
  readonly maxWaiting?: number | undefined;
}

/** Why a password could not be hashed or checked. `too-many`: try again later. */
export class PasswordHashError extends Error {
  readonly code: "not-installed" | "too-many";

  constructor(code: PasswordHashError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PasswordHashError";
    this.code = code;
  }
}

/** Makes and checks argon2id hashes, a few at a time. The package is loaded when the first is. */
export class PasswordHasher {
  readonly #load: () => Promise<Argon2>;
  readonly #turns: Semaphore;
  readonly #maxWaiting: number;
  #waiting = 0;

  constructor(options: PasswordHasherOptions = {}) {
    this.#load = options.load ?? loadArgon2;
    this.#turns = new Semaphore(options.limit ?? 2);
    this.#maxWaiting = options.maxWaiting ?? 1000;
  }

  /** @throws {PasswordHashError} */
  hash(password: Uint8Array): Promise<string> {
    return this.#inTurn((argon2) => argon2.hash(password, PRICE));
  }

  /** @throws {PasswordHashError} @throws `signal.reason` when it aborts before its turn. */
  verify(hash: string, password: Uint8Array, options?: PasswordWait): Promise<boolean> {
    return this.#inTurn((argon2) => argon2.verify(hash, password), options);
  }

  async #inTurn<T>(work: (argon2: Argon2) => Promise<T>, options?: PasswordWait): Promise<T> {
    const release = this.#turns.tryAcquire() ?? (await this.#wait(options));
    try {
      return await work(await this.#package());
    } finally {
      release();
    }
  }

  async #wait(options?: PasswordWait): Promise<() => void> {
    if (this.#waiting >= this.#maxWaiting) {
      throw new PasswordHashError("too-many", `Cannot check a password: ${this.#waiting} others are waiting`);
    }
    this.#waiting += 1;
    try {
      return await this.#turns.acquire(options);
    } finally {
      this.#waiting -= 1;
    }
  }

  async #package(): Promise<Argon2> {
    try {
      return await this.#load();
    } catch (cause) {
      const message = 'Cannot use password hashes: the package "@node-rs/argon2" is not installed';
      throw new PasswordHashError("not-installed", message, { cause });
    }
  }
}

/** What OWASP's Password Storage Cheat Sheet asks of argon2id at least. */
const PRICE: Argon2Price = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

function loadArgon2(): Promise<Argon2> {
  return import("@node-rs/argon2");
}
