import type { TlsInfo } from "@belfry/net";
import type { FtpEvents } from "../events.js";
import { resolvePath } from "../protocol/path.js";
import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import type { Storage } from "../storage/storage.js";
import type { Account, Credentials, LoginAttempt } from "../users/account.js";
import type { LoginDesk } from "../users/login-desk.js";
import { limitStorage } from "../users/quota-storage.js";
import type { Session } from "./session.js";

/** Who is logged in. */
interface Login {
  readonly account: Account;
  /** The account's files, its quota counted. */
  readonly storage: Storage;
  readonly leave: () => void;
}

/** What a {@link SessionLogin} needs beside its session. */
export interface LoginSurroundings {
  readonly desk: LoginDesk;
  /** TLS of the control connection as it is now; `null` in the clear. */
  readonly tls: () => TlsInfo | null;
}

/** The login of one session: one account after the other, and the attempts between them. */
export class SessionLogin {
  readonly #session: Session;
  readonly #around: LoginSurroundings;
  #login: Login | null = null;
  /** When the time to log in began: at the connection's beginning, and anew at each logout. */
  #since = Date.now();
  #failures = 0;
  /** Called off when the client goes in the middle of a login; `null` while none is under way. */
  #attempt: AbortController | null = null;

  constructor(session: Session, around: LoginSurroundings) {
    this.#session = session;
    this.#around = around;
  }

  /** The account's name; `null` before the login. */
  get user(): string | null {
    return this.#login?.account.name ?? null;
  }

  /** @throws {ReplyError} 530 before the login. */
  get account(): Account {
    return this.#loggedIn().account;
  }

  /** @throws {ReplyError} 530 before the login. */
  get storage(): Storage {
    return this.#loggedIn().storage;
  }

  /** By when one must have logged in, in milliseconds since the epoch; `Infinity` once that is done. */
  deadline(timeout: number): number {
    return this.#login === null ? this.#since + timeout : Number.POSITIVE_INFINITY;
  }

  /** Logs in, or refuses; the reply to PASS. Who was logged in before is not any more. */
  async enter(user: string, password: string): Promise<Reply> {
    this.leave();
    // Of its own, and gone after the login: most sessions need no other signal.
    const attempt = new AbortController();
    this.#attempt = attempt;
    if (this.#session.endedBy !== null) attempt.abort(this.#session.endedBy);
    try {
      return await this.#enter(user, password, attempt.signal);
    } finally {
      this.#attempt = null;
    }
  }

  /** Logs out, if anybody is logged in. */
  leave(): void {
    const login = this.#login;
    if (login === null) return;
    this.#login = null;
    this.#since = Date.now();
    login.leave();
    this.#session.emit("logout", () => ({ session: this.#session.info(), user: login.account.name }));
  }

  /** Calls off an attempt under way. */
  cancel(reason: unknown): void {
    this.#attempt?.abort(reason);
  }

  async #enter(user: string, password: string, signal: AbortSignal): Promise<Reply> {
    const session = this.#session;
    const { desk } = this.#around;
    const result = await desk.login(this.#credentials(user, password), this.#about(signal), this.#failures);
    if (result.account === null) return this.#refuse(user, result.reason, result.error);
    const { account, leave } = result;
    const { storage, quota } = account;
    if (account.requireTls !== undefined && account.requireTls !== false && !session.isSecure) {
      leave();
      return this.#refuse(user, "policy", undefined);
    }
    try {
      const limited = quota === undefined ? storage : await limitStorage(storage, quota, account.name, { signal });
      this.#login = { account, storage: limited, leave };
    } catch (error) {
      leave();
      throw error;
    }
    this.#failures = 0;
    session.state.directory = resolvePath("/", account.home ?? "");
    session.emit("login", () => ({ session: session.info(), user: account.name }));
    return reply(230, ...(account.greeting ?? "Logged in").split("\n"));
  }

  #credentials(user: string, password: string): Credentials {
    const tls = this.#around.tls();
    return {
      user,
      password,
      host: this.#session.state.host ?? tls?.servername ?? null,
      certificate: tls?.isAuthorized === true ? tls.peerCertificate : null,
    };
  }

  #about(signal: AbortSignal): LoginAttempt {
    const { id, remoteAddr, localAddr, isSecure } = this.#session;
    return { sessionId: id, remoteAddress: remoteAddr.host, localAddress: localAddr.host, isSecure, signal };
  }

  #refuse(user: string, reason: FtpEvents["loginFailed"]["reason"], error: unknown): Reply {
    const session = this.#session;
    // What fails because the client has gone is no trouble of the server's.
    if (reason !== "error" || session.endedBy === null) {
      session.emit("loginFailed", () => ({ session: session.info(), user, reason, error }));
    }
    if (reason === "error") return reply(451, "Logging in is not possible now");
    if (reason === "limit") return reply(421, "Too many sessions of this user");
    if (reason === "policy") return reply(530, "This user must log in under TLS");
    if (reason === "banned") return reply(421, "Too many failed logins: try again later");
    this.#failures += 1;
    if (this.#failures >= this.#around.desk.attemptsPerSession) return reply(421, "Too many failed logins");
    return reply(530, "Login incorrect");
  }

  #loggedIn(): Login {
    if (this.#login === null) throw new ReplyError(530, "Log in with USER and PASS");
    return this.#login;
  }
}
