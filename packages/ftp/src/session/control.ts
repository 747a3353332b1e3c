import { BrokenError, DeadlineError } from "@belfry/net";
import type { Conn, StartTlsOptions } from "@belfry/net";
import { CommandReader } from "../protocol/command-line.js";
import type { Command } from "../protocol/command-line.js";
import { reply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";
import type { Outcome } from "../commands/verb.js";
import { ReplyWriter } from "./reply-writer.js";

/** What the control connection asks of its session. */
export interface ControlOwner {
  /** When a command runs while other work is under way. */
  during(command: Command): "now" | "wait" | "alone";
  /** Runs a command; neither throws nor rejects. */
  dispatch(command: Command): Outcome | Promise<Outcome>;
  /** The final reply to a command is on its way. */
  answered(command: Command, reply: Reply): void;
  /** TLS for AUTH. */
  tlsOptions(): StartTlsOptions;
  /** The control connection is under TLS now. */
  secured(): void;
  /** The moment by which the next command must have come, in milliseconds since the epoch; `null` for none. */
  commandDeadline(): number | null;
  /** What a client is told whose time is up. */
  expired(): Reply;
}

/**
 * What a browser says that was led to an FTP port. To answer would let a page read our replies as its own site's: such a
 * connection is closed without a word (the ALPACA attack, CVE-2021-3618).
 */
const HTTP_METHODS: ReadonlySet<string> = new Set([
  ..."GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH".split(" "),
  "HOST:",
]);

/** Limits of a {@link Control}. */
export interface ControlLimits {
  readonly maxLineLength: number;
  readonly maxPending: number;
  /** How long a client may leave replies unread; `Infinity` for ever. */
  readonly writeTimeout: number;
}

/**
 * The control connection of a session: commands come in, run in their order, and each gets one final reply.
 *
 * Reading goes on while a command's work is under way, so that ABOR, STAT and QUIT are answered during a transfer, and
 * so that a client that has gone is noticed. What else comes meanwhile waits its turn, at most `maxPending` commands;
 * beyond that the client is not read from.
 */
export class Control {
  #conn: Conn;
  readonly #owner: ControlOwner;
  readonly #limits: ControlLimits;
  readonly #replies: ReplyWriter;
  #reader: CommandReader;
  #pending: Command[] = [];
  #pendingWeight = 0;
  /** The command under way, its reply written; `null` when there is none. */
  #current: Promise<void> | null = null;
  /** The same without what comes between it and the next. */
  #work: Promise<void> | null = null;
  /** A command that was answered while another was under way. */
  #overtaking: Promise<void> | null = null;
  #onIdle: (() => void) | null = null;
  #onRoom: (() => void) | null = null;
  /** No further command is read or run. */
  #isOver = false;
  #hasVanished = false;
  /** What the client is told in the end, once nothing is under way. */
  #farewell: Reply | null = null;

  constructor(conn: Conn, owner: ControlOwner, limits: ControlLimits) {
    this.#conn = conn;
    this.#owner = owner;
    this.#limits = limits;
    this.#replies = new ReplyWriter(conn, limits.writeTimeout);
    this.#reader = new CommandReader(limits.maxLineLength);
  }

  /** The connection as it is now: after {@link secure} another one than before. */
  get conn(): Conn {
    return this.#conn;
  }

  /** Whether a command's work is under way. */
  get isBusy(): boolean {
    return this.#current !== null;
  }

  /** Whether the client has ended this connection without a QUIT. */
  get hasVanished(): boolean {
    return this.#hasVanished;
  }

  /** The command under way with its reply, or nothing. Never rejects. */
  get current(): Promise<void> {
    return this.#work ?? Promise.resolve();
  }

  /**
   * Reads and runs commands until the client ends, QUIT, `end`, or an error of the connection, and until the work under way then is
   * over. Called once.
   *
   * @param onLost told when the connection has broken, so that work under way can be stopped.
   */
  async run(onLost: (error: unknown) => void): Promise<void> {
    try {
      // One function for all of it: what an idle session keeps is this frame and its caller's.
      while (!this.#isOver) {
        const command = this.#reader.next();
        if (command !== null) {
          const taken = this.#take(command);
          if (taken !== null) await taken;
          continue;
        }
        this.#setDeadline();
        try {
          const bytes = await this.#conn.read();
          if (bytes === null) {
            this.#hasVanished = !this.#isOver;
            break;
          }
          this.#reader.push(bytes);
        } catch (error) {
          if (!(error instanceof DeadlineError)) throw error;
          this.#deadlinePassed();
        }
      }
      await this.#idleUnlessLost(onLost);
      if (this.#farewell !== null) await this.send(this.#farewell);
    } catch (error) {
      this.#isOver = true;
      this.#pending = [];
      onLost(error);
      await this.#idle();
      throw error;
    }
  }

  /** Writes a reply; see {@link ReplyWriter.send}. */
  send(answer: Reply): Promise<void> {
    return this.#replies.send(answer);
  }

  /** The same together with the next one; see {@link ReplyWriter.hold}. */
  hold(answer: Reply): void {
    this.#replies.hold(answer);
  }

  /** Reads no further command. What is under way ends first, then `farewell` is sent and {@link run} resolves. */
  end(farewell: Reply | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#farewell = farewell;
    this.#pending = [];
    this.#onRoom?.();
    // Wakes the reader; reading is over in any case.
    this.#conn.setReadDeadline(0);
  }

  /**
   * Goes over to TLS. Nothing may be under way.
   *
   * @throws {BrokenError} when the client has sent anything in the clear behind the command that asked for it (RFC 3207 §5 on the same
   * in SMTP), or the handshake fails.
   */
  async secure(): Promise<void> {
    if (this.#reader.buffered > 0) {
      const { localAddr, remoteAddr } = this.#conn;
      this.#conn.abort();
      const cause = new Error("bytes had already arrived in the clear");
      throw new BrokenError({ op: "startTls", localAddr, remoteAddr }, cause);
    }
    this.#conn.setReadDeadline(null);
    this.#conn = await this.#conn.startTls(this.#owner.tlsOptions());
    this.#replies.moveTo(this.#conn);
    this.#reader = new CommandReader(this.#limits.maxLineLength);
    this.#owner.secured();
  }

  #setDeadline(): void {
    this.#conn.setReadDeadline(this.isBusy ? null : this.#owner.commandDeadline());
  }

  /** There is one only while nothing is under way, be it set before the wait or when work ended during it. */
  #deadlinePassed(): void {
    if (!this.#isOver && !this.isBusy) this.end(this.#owner.expired());
  }

  /** @returns what is to be waited for before the next command is looked at; `null` for nothing. */
  #take(command: Command | "too-long"): Promise<void> | null {
    if (command === "too-long")
      return this.#endAlone(reply(500, `Line longer than ${this.#limits.maxLineLength} bytes`));
    if (HTTP_METHODS.has(command.verb)) {
      this.end(null);
      return null;
    }
    const during = this.#owner.during(command);
    if (during === "alone") return this.#answerAlone(command);
    if (!this.isBusy) {
      this.#start(command);
      return null;
    }
    // Only the command under way is overtaken, not what waits behind it: the reply would be taken for that one's. ABOR alone is for now.
    const overtakes = during === "now" && (this.#pending.length === 0 || command.verb === "ABOR");
    if (overtakes) return (this.#overtaking = this.#answer(command));
    this.#pending.push(command);
    this.#pendingWeight += weightOf(command);
    if (this.#pendingWeight < this.#limits.maxPending) return null;
    return new Promise((resolve) => (this.#onRoom = resolve));
  }

  async #answerAlone(command: Command): Promise<void> {
    await this.#idle();
    if (!this.#isOver) await this.#answer(command);
  }

  /** What came before is answered first, where it waits too. */
  async #endAlone(farewell: Reply): Promise<void> {
    await this.#idle();
    this.end(farewell);
  }

  #start(command: Command): void {
    const dispatched = this.#owner.dispatch(command);
    const isReply = !(dispatched instanceof Promise) && "code" in dispatched;
    const answered = isReply ? this.#reply(command, dispatched) : this.#answer(command, dispatched);
    const work = answered.catch(() => {
      // The connection broke, which the reader is told as well.
      this.end(null);
    });
    // Nothing is left to be done: the reply is with the kernel.
    if (isReply && this.#conn.bytesQueued === 0) return;
    this.#work = work;
    this.#current = this.#toNext(work);
  }

  async #toNext(work: Promise<void>): Promise<void> {
    await work;
    // What has overtaken it is answered before the next begins: its reply would be taken for that one's.
    while (this.#overtaking !== null) {
      const overtaking = this.#overtaking;
      // When the connection is broken, the reader is told.
      await overtaking.catch(() => {});
      if (this.#overtaking === overtaking) this.#overtaking = null;
    }
    this.#finished();
  }

  #finished(): void {
    this.#current = null;
    this.#work = null;
    while (!this.#isOver && this.#pending.length > 0) {
      const next = this.#pending.shift() as Command;
      this.#pendingWeight -= weightOf(next);
      this.#start(next);
      this.#onRoom?.();
      this.#onRoom = null;
      if (this.isBusy) return;
    }
    if (!this.#isOver) this.#conn.setReadDeadline(this.#owner.commandDeadline());
    this.#onIdle?.();
    this.#onIdle = null;
  }

  /** Nobody reads any more, so that the loss of the connection has to be watched for. */
  async #idleUnlessLost(onLost: (error: unknown) => void): Promise<void> {
    if (!this.isBusy) return;
    void this.#tellOfLoss(onLost);
    await this.#idle();
  }

  async #tellOfLoss(onLost: (error: unknown) => void): Promise<void> {
    await this.#conn.closed;
    if (this.isBusy) onLost(new Error("the control connection was lost"));
  }

  /** Resolves when nothing is under way and nothing waits. */
  async #idle(): Promise<void> {
    while (this.isBusy) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }

  async #answer(command: Command, dispatched = this.#owner.dispatch(command)): Promise<void> {
    const outcome = dispatched instanceof Promise ? await dispatched : dispatched;
    await this.#reply(command, "reply" in outcome ? outcome.reply : outcome);
    if (!("then" in outcome)) return;
    if (outcome.then === "close") this.end(null);
    else await this.secure();
  }

  #reply(command: Command, answer: Reply): Promise<void> {
    const sent = this.send(answer);
    this.#owner.answered(command, answer);
    if (answer.code === 421) this.end(null);
    return sent;
  }
}

/** What a command that waits counts for: a keep-alive little, a kilobyte of a name more. */
function weightOf({ verb, argument }: Command): number {
  return 1 + Math.floor((verb.length + argument.length) / 128);
}
