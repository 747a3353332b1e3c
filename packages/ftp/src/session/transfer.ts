import os from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { BrokenError, ClosedError, DeadlineError, finish } from "@belfry/net";
import type { Conn } from "@belfry/net";
import { isWaitSource } from "@belfry/sync";
import type { Deadline, WaitSource } from "@belfry/sync";
import { storageReply } from "../commands/storage-replies.js";
import { Cancellation } from "../data/cancellation.js";
import type { TransferPlan, TransferProgress } from "../data/transfer-plan.js";
import type { TransferEvent } from "../events.js";
import { ReplyError, reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import { StorageError } from "../storage/storage-error.js";
import type { RunningTransfer, Session } from "./session.js";

/** How often within the stall timeout the bytes are looked at. */
const LOOKS_PER_TIMEOUT = 4;

/** How long an upload in the clear has to be for each millisecond it waits in the end, how long it waits at most, and an empty one always. */
const DURATION_PER_WAIT = 50;
const MAX_WAIT = 50;
const EMPTY_WAIT = 10;
/** At most so many times as long, on a machine where as many processes wait for each processor. */
const MAX_CROWD = 8;

/** One transfer: from 150 to its final reply. */
export class Transfer implements RunningTransfer, WaitSource {
  readonly plan: TransferPlan;
  readonly since = Date.now();
  readonly progress: TransferProgress;
  readonly #session: Session;
  readonly #cancellation = new Cancellation();
  readonly #stall: Deadline;
  #hasBegun = false;
  #isConnected = false;
  #conn: Conn | null = null;
  #seen = 0;
  #quietLooks = 0;

  /** @param stall lent until {@link carryOut} has resolved: one for all transfers of the session. */
  constructor(plan: TransferPlan, session: Session, stall: Deadline) {
    this.plan = plan;
    this.#session = session;
    this.#stall = stall;
    this.progress = new Progress(this.#cancellation);
  }

  /** Whether its 150 is on its way: from then on other commands may be answered before its end. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  describeWait(): string | undefined {
    if (!this.#isConnected) return this.#hasBegun ? "data connection" : undefined;
    return (isWaitSource(this.#conn) ? this.#conn.describeWait() : undefined) ?? "storage";
  }

  /** Stops it, with `reason` deciding the reply. The first counts. */
  cancel(reason: unknown): void {
    if (this.#cancellation.isCancelled) return;
    this.#cancellation.cancel(reason);
    // A client that does not read would hold up a write for ever.
    this.#conn?.abort(reason);
  }

  /** Does it. Never rejects: what went wrong is in the reply and in the events. */
  async carryOut(): Promise<Reply> {
    try {
      await this.#move();
      const answer = await this.plan.complete();
      this.#tell(null);
      return answer;
    } catch (caught) {
      const error: unknown = this.#cancellation.isCancelled ? this.#cancellation.reason : caught;
      this.#unwatch();
      this.#conn?.abort(error);
      await this.#abandon();
      this.#tell(error instanceof Error ? error : new Error(String(error)));
      return this.#replyTo(error);
    }
  }

  /** A storage that breaks its word here must not keep the session waiting for ever. */
  async #abandon(): Promise<void> {
    try {
      await this.plan.abandon();
    } catch (error) {
      this.#report(error);
    }
  }

  async #move(): Promise<void> {
    const { plan, progress } = this;
    const cancellation = this.#cancellation;
    cancellation.throwIfCancelled();
    await this.#open();
    const isUpload = plan.kind === "upload";
    const conn = await this.#session.data.open({
      cancellation,
      isProtected: this.#session.state.isDataProtected,
      isUpload,
    });
    this.#conn = conn;
    this.#isConnected = true;
    cancellation.throwIfCancelled();
    this.#watch();
    await plan.move(conn, progress);
    const isInTheClear = conn.tls === null;
    // Sends close_notify and FIN, so that the client knows that it has all (RFC 959 §3.4.1). Who downloads sends nothing on this connection.
    if (!isUpload || !isInTheClear) await finish(conn);
    this.#unwatch();
    this.#conn = null;
    if (!isUpload) return;
    try {
      await this.#beSureOfClient(isInTheClear);
    } finally {
      // Behind the reply, where that leaves in this tick: the client has ended its side, and waits for nothing else.
      if (isInTheClear) process.nextTick(() => void conn.close());
    }
  }

  /** A short download's 150 goes out with its 226, unless the client waits for it to connect or for its handshake. */
  #open(): void | Promise<void> {
    const opening = reply(150, this.plan.opening);
    this.#hasBegun = true;
    if (this.plan.isShort === true) this.#session.hold(opening);
    else return this.#session.send(opening);
  }

  /**
   * A client that is killed ends its data connection as one that has sent all does. But its control connection ends then, too: who does not
   * wait for the answer has not finished.
   */
  async #beSureOfClient(isInTheClear: boolean): Promise<void> {
    // The second turn is past the next look at the sockets: the two ends may come one behind the other.
    await turn();
    if (!this.#session.hasVanished) await turn();
    // A system that is busy takes some milliseconds to close all of a killed client. Long uploads can wait for that; close_notify spares it.
    // Nothing at all is what a client leaves that is killed at the beginning, and seldom what one wants to send.
    const isEmpty = this.progress.bytes === 0;
    const wait = isEmpty ? EMPTY_WAIT : Math.min((Date.now() - this.since) / DURATION_PER_WAIT, MAX_WAIT);
    if (isInTheClear && wait >= 1) await delay(wait * crowd());
    // Killed with a reply unread it has reset the control connection, which has stopped this transfer.
    this.#cancellation.throwIfCancelled();
    if (this.#session.hasVanished) throw new ReplyError(426, "The control connection ended first: upload incomplete");
  }

  #watch(): void {
    const { stallTimeout } = this.#session.settings;
    if (stallTimeout === Number.POSITIVE_INFINITY) return;
    this.#stall.callback ??= () => this.#look();
    this.#stall.set(Date.now() + stallTimeout / LOOKS_PER_TIMEOUT);
  }

  /** The deadline goes on to the next transfer, and must not hold on to this one. */
  #unwatch(): void {
    this.#stall.set(null);
    this.#stall.callback = null;
  }

  #look(): void {
    const { bytes } = this.progress;
    this.#quietLooks = bytes === this.#seen ? this.#quietLooks + 1 : 0;
    this.#seen = bytes;
    if (this.#quietLooks < LOOKS_PER_TIMEOUT) {
      this.#watch();
      return;
    }
    const seconds = Math.round(this.#session.settings.stallTimeout / 1000);
    this.cancel(new ReplyError(426, `No data moved for ${seconds} seconds; transfer aborted`));
  }

  #replyTo(error: unknown): Reply {
    if (error instanceof ReplyError) return error.reply;
    if (error instanceof StorageError) {
      if (error.code === "failed") this.#report(error);
      return storageReply(error).reply;
    }
    if (error instanceof BrokenError || error instanceof ClosedError || error instanceof DeadlineError) {
      return reply(426, "Data connection lost; transfer aborted");
    }
    // That the client has gone is no failure of the server's.
    if (error !== this.#session.endedBy) this.#report(error);
    return reply(451, "The transfer failed on the server's side");
  }

  #report(error: unknown): void {
    const session = this.#session;
    session.emit("failed", () => ({ session: session.info(), verb: this.plan.verb, error }));
  }

  #tell(error: Error | null): void {
    const { kind, path, start, verb } = this.plan;
    if (kind === "listing") return;
    const session = this.#session;
    session.emit(kind, (): TransferEvent => {
      return {
        session: session.info(),
        user: session.account.name,
        path,
        bytes: this.progress.bytes,
        start,
        duration: Date.now() - this.since,
        isComplete: error === null,
        error,
        digest: error === null ? (this.plan.digest?.() ?? null) : null,
        verb,
        type: session.state.form.type,
      };
    });
  }
}

class Progress implements TransferProgress {
  bytes = 0;
  readonly #cancellation: Cancellation;

  constructor(cancellation: Cancellation) {
    this.#cancellation = cancellation;
  }

  get signal(): AbortSignal {
    return this.#cancellation.signal;
  }

  onCancel(tell: ((reason: unknown) => void) | null): void {
    this.#cancellation.onCancel(tell);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** How many processes there were of late for each processor: a client that was killed needs its turns to end, too. */
function crowd(): number {
  const [load = 0] = os.loadavg();
  return Math.min(Math.max(1, load / os.availableParallelism()), MAX_CROWD);
}
