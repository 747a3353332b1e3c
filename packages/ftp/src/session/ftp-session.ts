import type { Addr, Conn, StartTlsOptions } from "@belfry/net";
import { endIdle, onDrain, type ServiceContext } from "@belfry/server";
import { Deadline, Group, subtask, taskTracer, traceSource } from "@belfry/sync";
import type { TaskTracer } from "@belfry/sync";
import { dispatch } from "../commands/dispatch.js";
import type { Outcome } from "../commands/verb.js";
import { findVerb } from "../commands/verbs.js";
import type { DataChannel } from "../data/data-channel.js";
import type { SessionTls } from "../data/session-tls.js";
import { createDataChannel } from "../data/tcp-data-channel.js";
import type { TransferPlan } from "../data/transfer-plan.js";
import type { FtpEventName, FtpEvents } from "../events.js";
import type { Command } from "../protocol/command-line.js";
import { resolvePath } from "../protocol/path.js";
import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import { hasControl } from "../protocol/text.js";
import type { Settings } from "../settings.js";
import type { Storage } from "../storage/storage.js";
import type { Account, Permission } from "../users/account.js";
import { isAllowed } from "../users/permissions.js";
import type { BeforeHook, PlannedAction } from "./before-hook.js";
import { Control } from "./control.js";
import type { ControlOwner } from "./control.js";
import type { RunningTransfer, Session } from "./session.js";
import type { SessionInfo } from "./session-info.js";
import { SessionLogin } from "./session-login.js";
import { initialState } from "./session-state.js";
import type { SessionState } from "./session-state.js";
import type { SessionHost } from "./session-host.js";
import { Transfer } from "./transfer.js";

/** One for all: where it was made says nothing, and to find that out takes longer than the rest of an end. */
const ENDED = new Error("the session has ended");

const UNASKED = Promise.resolve();

/** One client's session: its control connection, what it has set, and the work it has under way. */
export class FtpSession implements Session, ControlOwner {
  readonly id: string;
  readonly state: SessionState;
  readonly localAddr: Addr;
  readonly remoteAddr: Addr;
  readonly #host: SessionHost;
  readonly #control: Control;
  readonly #tls: SessionTls | null;
  readonly #login: SessionLogin;
  #data: DataChannel | null = null;
  #transfer: Transfer | null = null;
  /** A command looks for what it is to transfer: `"aborted"` when ABOR has come meanwhile. */
  #preparing: "no" | "yes" | "aborted" = "no";
  /** When a transfer under way is looked at next. */
  #stall: Deadline | null = null;
  #tasks: Group | null = null;
  #within: TaskTracer | null = null;
  #ending: AbortController | null = null;
  #lost: unknown = null;
  /** Whether it ends because no command came. */
  #isSilent = false;

  constructor(conn: Conn, id: string, host: SessionHost) {
    const { settings } = host;
    this.id = id;
    this.localAddr = conn.localAddr;
    this.remoteAddr = conn.remoteAddr;
    this.#host = host;
    this.#tls = host.sessionTls();
    this.state = initialState({ ...settings, isDataProtected: settings.tls?.isImplicit === true });
    const { maxLineLength, maxPending, stallTimeout: writeTimeout } = settings;
    this.#control = new Control(conn, this, { maxLineLength, maxPending, writeTimeout });
    this.#login = new SessionLogin(this, { desk: host.desk, tls: () => this.#control.conn.tls });
  }

  get settings(): Settings {
    return this.#host.settings;
  }

  get isSecure(): boolean {
    return this.#control.conn.tls !== null;
  }

  get signal(): AbortSignal {
    if (this.#ending === null) {
      this.#ending = new AbortController();
      if (this.#lost !== null) this.#ending.abort(this.#lost);
    }
    return this.#ending.signal;
  }

  get endedBy(): unknown {
    return this.#lost;
  }

  get data(): DataChannel {
    return (this.#data ??= createDataChannel({
      localAddr: this.localAddr,
      remoteAddr: this.remoteAddr,
      settings: this.settings,
      user: () => this.#login.user ?? "",
      tls: this.#tls,
    }));
  }

  get isLoggedIn(): boolean {
    return this.#login.user !== null;
  }

  get account(): Account {
    return this.#login.account;
  }

  get storage(): Storage {
    return this.#login.storage;
  }

  get hasVanished(): boolean {
    return this.#control.hasVanished;
  }

  get transfer(): RunningTransfer | null {
    return this.#transfer;
  }

  /** Greets the client and serves it until it ends. */
  async serve(context: ServiceContext): Promise<void> {
    const within = taskTracer();
    this.#within = within;
    const stopListening = onDrain(context, () => this.#control.end(reply(421, "The server is going down")));
    try {
      if (await this.#begin()) await within(() => this.#run());
    } finally {
      stopListening();
      await this.#end().finally(() => this.#host.left(this));
    }
    if (this.#isSilent) endIdle(context, this.settings.idleTimeout);
  }

  /** Below the connection's task, where that is listed. */
  #run(): Promise<void> {
    return subtask("control reader", () => this.#control.run((error) => this.#stop(error)), this.#control.conn);
  }

  #makeTasks(): Group {
    const make = (): Group => new Group({ name: this.id });
    return this.#within === null ? make() : this.#within(make);
  }

  resolve(argument: string): string {
    if (hasControl(argument)) throw new ReplyError(553, "A name cannot hold control characters");
    return resolvePath(this.state.directory, argument);
  }

  authorize(permission: Permission, path: string): void {
    if (!isAllowed(this.account.permissions, permission, path)) throw new ReplyError(550, "Permission denied");
  }

  before(kind: PlannedAction["kind"], path: string, to?: string): Promise<void> {
    return this.settings.before === null ? UNASKED : this.#ask(this.settings.before, kind, path, to);
  }

  async #ask(before: BeforeHook, kind: PlannedAction["kind"], path: string, to?: string): Promise<void> {
    await before({ kind, path, to: to ?? null, user: this.account.name, session: this.info() });
  }

  emit<E extends FtpEventName>(name: E, make: () => FtpEvents[E]): void {
    this.#host.emitter.emit(name, make);
  }

  info(): SessionInfo {
    const transfer = this.#transfer;
    return {
      id: this.id,
      remoteAddress: this.remoteAddr.host,
      localAddress: this.localAddr.host,
      isSecure: this.isSecure,
      user: this.#login.user,
      directory: this.state.directory,
      client: this.state.client,
      transfer:
        transfer === null
          ? null
          : { verb: transfer.plan.verb, path: transfer.plan.path, bytes: transfer.progress.bytes },
    };
  }

  everyone(): readonly SessionInfo[] {
    return this.#host.sessionInfos();
  }

  send(answer: Reply): Promise<void> {
    return this.#control.send(answer);
  }

  hold(answer: Reply): void {
    this.#control.hold(answer);
  }

  run(plan: TransferPlan): Promise<Reply> {
    const transfer = new Transfer(plan, this, (this.#stall ??= new Deadline()));
    this.#transfer = transfer;
    if (this.#lost !== null) transfer.cancel(this.#lost);
    if (this.#preparing === "aborted") transfer.cancel(aborted());
    const tasks = (this.#tasks ??= this.#makeTasks());
    return new Promise((resolve) => {
      const carryOut = async (): Promise<void> => {
        traceSource(transfer);
        const answer = await transfer.carryOut();
        this.#transfer = null;
        resolve(answer);
      };
      void tasks.go(carryOut, `${plan.verb} ${plan.path}`);
    });
  }

  async abort(): Promise<boolean> {
    if (this.#transfer === null && this.#preparing === "no") return false;
    this.#preparing = "aborted";
    this.#transfer?.cancel(aborted());
    await this.#control.current;
    return true;
  }

  login(user: string, password: string): Promise<Reply> {
    return this.#login.enter(user, password);
  }

  reset(): void {
    this.#login.leave();
    this.#data?.forget();
    const { isDataProtected, hasBufferSize, client } = this.state;
    // RFC 4217 §13 has REIN end TLS as well. Here it goes on: nobody who asked for it is to send the next password in the clear.
    Object.assign(this.state, initialState({ ...this.settings, isDataProtected: false }), {
      isDataProtected,
      hasBufferSize,
      client,
    });
  }

  during({ verb }: Command): "now" | "wait" | "alone" {
    const during = findVerb(verb)?.during ?? "wait";
    if (during !== "now" || this.#transfer?.hasBegun === true) return during;
    // Before 150 an answer would be taken for that to the command under way; only ABOR stops that one.
    return verb === "ABOR" && this.#preparing !== "no" ? "now" : "wait";
  }

  dispatch(command: Command): Outcome | Promise<Outcome> {
    const outcome = dispatch(this, command);
    if (!(outcome instanceof Promise) || findVerb(command.verb)?.needsData !== true) return outcome;
    this.#preparing = "yes";
    return outcome.then((settled) => {
      this.#preparing = "no";
      return settled;
    });
  }

  answered({ verb, argument }: Command, { code }: Reply): void {
    this.emit("command", () => {
      const known = findVerb(verb);
      // What is no command may be a password all the same: one that was mistyped around, or sent out of turn.
      if (known === null) return { session: this.info(), verb: nameOfUnknown(verb), argument: "", code };
      return { session: this.info(), verb: known.name, argument: known.isSecret === true ? "" : argument, code };
    });
  }

  tlsOptions(): StartTlsOptions {
    if (this.#tls === null) throw new ReplyError(502, "TLS is not available");
    return this.#tls.forControl();
  }

  secured(): void {
    this.#login.leave();
    this.#data?.forget();
    // RFC 2228 §3 on AUTH: "The server must also require that the user reauthorize". And RFC 4217 §4.2 has all the rest begin anew, which
    // whoever is on the way may have set.
    Object.assign(this.state, initialState({ ...this.settings, isDataProtected: false }));
  }

  commandDeadline(): number | null {
    const { idleTimeout, loginTimeout } = this.settings;
    const idle = Date.now() + idleTimeout;
    const at = Math.min(idle, this.#login.deadline(loginTimeout));
    return at === Number.POSITIVE_INFINITY ? null : at;
  }

  expired(): Reply {
    if (!this.isLoggedIn) return reply(421, "Login took too long");
    this.#isSilent = true;
    return reply(421, `No command for ${Math.round(this.settings.idleTimeout / 1000)} seconds`);
  }

  /** @returns whether the session is to go on. */
  async #begin(): Promise<boolean> {
    const { desk } = this.#host;
    const banned = desk.isBanned(this.remoteAddr.host);
    if (typeof banned === "boolean" ? banned : await banned) {
      await this.send(reply(421, "Too many failed logins from this address: try again later"));
      return false;
    }
    if (this.settings.tls?.isImplicit === true && !this.isSecure) {
      await this.#control.secure();
      this.state.isDataProtected = true;
      this.state.hasBufferSize = true;
    }
    await this.send(reply(220, ...this.settings.banner.split("\n")));
    return true;
  }

  /** The control connection is lost: nobody is left to do anything for. */
  #stop(error: unknown): void {
    this.#lost = error ?? new Error("the control connection was lost");
    this.#ending?.abort(this.#lost);
    this.#login.cancel(this.#lost);
    this.#transfer?.cancel(this.#lost);
  }

  async #end(): Promise<void> {
    this.#stop(this.#lost ?? ENDED);
    if (this.#tasks !== null) await this.#tasks.wait();
    this.#stall?.clear();
    this.#login.leave();
    if (this.#data !== null) await this.#data.close();
  }
}

function aborted(): ReplyError {
  return new ReplyError(426, "Transfer aborted");
}

/** What can pass for the name of a command. */
function nameOfUnknown(verb: string): string {
  return /^[A-Z]{3,7}$/.test(verb) ? verb : "?";
}
