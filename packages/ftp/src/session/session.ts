import type { Addr } from "@belfry/net";
import type { DataChannel } from "../data/data-channel.js";
import type { TransferPlan, TransferProgress } from "../data/transfer-plan.js";
import type { FtpEventName, FtpEvents } from "../events.js";
import type { Reply } from "../protocol/reply.js";
import type { Settings } from "../settings.js";
import type { Storage } from "../storage/storage.js";
import type { Account, Permission } from "../users/account.js";
import type { PlannedAction } from "./before-hook.js";
import type { SessionInfo } from "./session-info.js";
import type { SessionState } from "./session-state.js";

/** A transfer under way. */
export interface RunningTransfer {
  readonly plan: TransferPlan;
  readonly progress: TransferProgress;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** One client's session, as its commands see it. */
export interface Session {
  readonly id: string;
  /** The service's options with their defaults. */
  readonly settings: Settings;
  readonly state: SessionState;
  readonly localAddr: Addr;
  readonly remoteAddr: Addr;
  /** Whether the control connection is under TLS. */
  readonly isSecure: boolean;
  /** Aborted when the session ends, with whatever is under way. */
  readonly signal: AbortSignal;
  /** What `signal` was aborted with; `null` while the session goes on. */
  readonly endedBy: unknown;
  readonly data: DataChannel;
  readonly isLoggedIn: boolean;
  /** The account that has logged in. @throws {ReplyError} 530 without one. */
  readonly account: Account;
  /** The account's files, its quota counted. @throws {ReplyError} 530 without one. */
  readonly storage: Storage;
  /** The transfer under way; `null` without one. */
  readonly transfer: RunningTransfer | null;

  /** The virtual path a client's argument names, seen from the working directory. @throws {ReplyError} 553 for a name with control characters. */
  resolve(argument: string): string;
  /** @throws {ReplyError} 550 unless the account may do that with `path`. */
  authorize(permission: Permission, path: string): void;
  /** Asks the hook. @throws what it throws. */
  before(kind: PlannedAction["kind"], path: string, to?: string): Promise<void>;
  /** Tells listeners what `make` gives; it is not called when there are none. */
  emit<E extends FtpEventName>(name: E, make: () => FtpEvents[E]): void;
  info(): SessionInfo;
  /** All sessions of the service, for SITE WHO. */
  everyone(): readonly SessionInfo[];

  /** Whether the client has ended its control connection without a QUIT. */
  readonly hasVanished: boolean;

  /** The same as {@link send} for a reply that may go with the one behind it, a moment later. */
  hold(reply: Reply): void;
  /** Sends a reply that is not the last one to its command. */
  send(reply: Reply): Promise<void>;
  /** Carries a transfer out; its final reply. ABOR makes that 426. */
  run(plan: TransferPlan): Promise<Reply>;
  /** Stops the transfer under way, if any; resolves when its 426 is on its way. @returns whether there was one. */
  abort(): Promise<boolean>;
  /** Logs in, or refuses; the reply to PASS. */
  login(user: string, password: string): Promise<Reply>;
  /** Logs out and forgets what was set (REIN); TLS stays. */
  reset(): void;
}
