import { Addr, pipe } from "@belfry/net";
import { dispatch } from "../../src/commands/dispatch.js";
import type { DataChannel } from "../../src/data/data-channel.js";
import type { TransferPlan } from "../../src/data/transfer-plan.js";
import type { FtpEventName, FtpEvents } from "../../src/events.js";
import type { HostPort } from "../../src/protocol/host-port.js";
import { resolvePath } from "../../src/protocol/path.js";
import { ReplyError, reply } from "../../src/protocol/reply.js";
import type { Reply } from "../../src/protocol/reply.js";
import { hasControl } from "../../src/protocol/text.js";
import type { PlannedAction } from "../../src/session/before-hook.js";
import type { SessionInfo } from "../../src/session/session-info.js";
import { initialState } from "../../src/session/session-state.js";
import type { RunningTransfer, Session } from "../../src/session/session.js";
import { resolveSettings } from "../../src/settings.js";
import type { Settings } from "../../src/settings.js";
import type { FtpOptions } from "../../src/options.js";
import type { Account, Permission } from "../../src/users/account.js";
import { isAllowed } from "../../src/users/permissions.js";
import { AbleStorage } from "./fake-storage.js";
import type { FakeStorage } from "./fake-storage.js";

/** What became of one command. */
export interface Answer {
  readonly code: number;
  /** All lines. */
  readonly text: string;
  /** What is to follow the reply, where something is. */
  readonly next?: string;
}

/** A session without a client: commands go in, replies come out, and transfers are carried out in memory. */
export class FakeSession implements Session {
  readonly id = "ftp#1";
  readonly state = initialState({ isDataProtected: false, convertsLineEnds: true });
  readonly localAddr = new Addr("tcp", "127.0.0.1", 21);
  readonly remoteAddr = new Addr("tcp", "127.0.0.1", 40_000);
  readonly signal: Session["signal"] = new AbortController().signal;
  readonly endedBy: unknown = null;
  readonly settings: Settings;
  readonly data = new FakeChannel();
  readonly events: string[] = [];
  readonly hooks: string[] = [];
  isSecure = false;
  isLoggedIn = true;
  transfer: RunningTransfer | null = null;
  account: Account;
  storage: FakeStorage;
  /** What the client sends in the next upload. */
  sent = "";
  /** What it got in the last download or listing. */
  received = "";
  /** The plan of the last transfer. */
  plan: TransferPlan | null = null;

  constructor(storage: FakeStorage = new AbleStorage(), account: Partial<Account> = {}, options: FtpOptions = {}) {
    this.storage = storage;
    this.account = { name: "u", storage, permissions: "write", ...account };
    this.settings = resolveSettings({ authenticate: () => null, ...options });
  }

  /** Sends one command and gives the final reply to it. */
  async command(line: string): Promise<Answer> {
    const space = line.indexOf(" ");
    const verb = (space === -1 ? line : line.slice(0, space)).toUpperCase();
    const outcome = await dispatch(this, { verb, argument: space === -1 ? "" : line.slice(space + 1) });
    const { code, lines } = "reply" in outcome ? outcome.reply : outcome;
    const answer = { code, text: lines.join("\n") };
    return "reply" in outcome ? { ...answer, next: outcome.then } : answer;
  }

  /** The codes of the final replies to commands sent one after the other. */
  async codes(...lines: readonly string[]): Promise<readonly number[]> {
    const codes: number[] = [];
    for (const line of lines) codes.push((await this.command(line)).code);
    return codes;
  }

  /** Sends a command that needs a data connection, and gives the code and what came over it. */
  async fetch(line: string): Promise<readonly [code: number, received: string]> {
    this.data.isReady = true;
    this.received = "";
    const { code } = await this.command(line);
    return [code, this.received];
  }

  /** The same for an upload. */
  async upload(line: string, content: string): Promise<Answer> {
    this.data.isReady = true;
    this.sent = content;
    return this.command(line);
  }

  resolve(argument: string): string {
    if (hasControl(argument)) throw new ReplyError(553, "A name cannot hold control characters");
    return resolvePath(this.state.directory, argument);
  }

  authorize(permission: Permission, path: string): void {
    if (!isAllowed(this.account.permissions, permission, path)) throw new ReplyError(550, "Permission denied");
  }

  async before(kind: PlannedAction["kind"], path: string, to?: string): Promise<void> {
    this.hooks.push([kind, path, ...(to === undefined ? [] : [to])].join(" "));
    await this.settings.before?.({ kind, path, to: to ?? null, user: this.account.name, session: this.info() });
  }

  emit<E extends FtpEventName>(name: E, make: () => FtpEvents[E]): void {
    const event = make() as { readonly path?: string };
    this.events.push(event.path === undefined ? name : `${name} ${event.path}`);
  }

  info(): SessionInfo {
    const { directory, client } = this.state;
    const { id, isSecure } = this;
    const addresses = { remoteAddress: "192.0.2.1", localAddress: "192.0.2.2" };
    return { id, ...addresses, isSecure, user: this.account.name, directory, client, transfer: null };
  }

  everyone(): readonly SessionInfo[] {
    return [this.info(), { ...this.info(), id: "ftp#2", user: "other" }];
  }

  readonly hasVanished = false;

  hold(): void {}

  async send(): Promise<void> {}

  async run(plan: TransferPlan): Promise<Reply> {
    this.plan = plan;
    const [ours, theirs] = pipe();
    const progress = { signal: this.signal, bytes: 0 };
    const received: Buffer[] = [];
    const client = async (): Promise<void> => {
      await theirs.write(plan.kind === "upload" ? this.sent : "");
      await theirs.closeWrite();
      for await (const chunk of theirs) received.push(Buffer.from(chunk));
    };
    const done = client();
    try {
      await plan.move(ours, progress);
      await ours.close();
      await done;
      this.received = Buffer.concat(received).toString("latin1");
      return await plan.complete();
    } catch (error) {
      ours.abort();
      await done.catch(() => undefined);
      await plan.abandon();
      throw error;
    } finally {
      await theirs.close();
    }
  }

  async abort(): Promise<boolean> {
    return this.transfer !== null;
  }

  async login(user: string, password: string): Promise<Reply> {
    this.isLoggedIn = user === "u" && password === "p";
    return this.isLoggedIn ? reply(230, "Logged in") : reply(530, "Login incorrect");
  }

  reset(): void {
    this.isLoggedIn = false;
    Object.assign(this.state, initialState({ isDataProtected: false, convertsLineEnds: true }));
  }
}

/** A data channel that is told whether it is ready, and remembers what it was asked for. */
class FakeChannel implements DataChannel {
  isReady = false;
  readonly asked: string[] = [];

  listen(family: "ipv4" | "ipv6" | null): HostPort {
    this.asked.push(`listen ${family}`);
    this.isReady = true;
    return { host: "192.0.2.7", port: 0x1234 };
  }

  dialLater({ host, port }: HostPort): void {
    this.asked.push(`dial ${host} ${port}`);
    this.isReady = true;
  }

  open(): Promise<never> {
    return Promise.reject(new Error("there is none"));
  }

  forget(): void {
    this.isReady = false;
  }

  async close(): Promise<void> {}
}
