import { performance } from "node:perf_hooks";
import { BrokenError, ClosedError } from "@belfry/net";
import type { Conn } from "@belfry/net";
import { Group, onAbort } from "@belfry/sync";
import type { ConnectionInfo, ConnectionState } from "./connection-info.js";
import { IdleTimeoutError, KickedError, ShutdownError } from "./errors.js";
import type { CloseReason, PeerEvent } from "./events.js";
import type { Watched } from "./idle-watch.js";
import type { Service, ServiceContext } from "./service.js";

/** What a connection needs of its server. */
export interface ConnectionOwner {
  readonly name: string;
  /** What the ids of its connections begin with, before the number. */
  readonly idPrefix: string;
  readonly idleTimeout: number;
  readonly closeTimeout: number;
  /** Why the server goes down; `null` while it does not. */
  readonly shutdownReason: ShutdownError | null;
  /** The connection's service, or a task of its group, threw. */
  failed(connection: Connection, error: unknown): void;
  /** The connection is over. Called once. */
  left(connection: Connection): void;
}

const NONE: readonly never[] = [];
const ignore = (): void => {};

interface Ending {
  readonly reason: CloseReason;
  readonly error: unknown;
}

/** One connection of a server: its service's context and its entry in the books, in one object to keep an idle one small. */
export class Connection implements ServiceContext, Watched {
  readonly conn: Conn;
  seenBytes = 0;
  silentLooks = -1;
  readonly #owner: ConnectionOwner;
  readonly #number: number;
  #since = performance.now();
  #state: ConnectionState = "waiting";
  #ending: Ending | null = null;
  #silence: IdleTimeoutError | null = null;
  #draining: AbortController | null = null;
  #drainListeners: readonly { readonly listener: () => void }[] = NONE;
  #hard: AbortController | null = null;
  #group: Group | null = null;

  constructor(conn: Conn, owner: ConnectionOwner, number: number) {
    this.conn = conn;
    this.#owner = owner;
    this.#number = number;
  }

  get id(): string {
    return `${this.#owner.idPrefix}${this.#number}`;
  }

  get draining(): AbortSignal {
    if (this.#draining === null) {
      this.#draining = new AbortController();
      this.drain();
    }
    return this.#draining.signal;
  }

  /** For `onDrain`. */
  onDrain(listener: () => void): () => void {
    if (this.#owner.shutdownReason !== null) {
      listener();
      return ignore;
    }
    // An entry of its own for each call, so that one function added twice is called twice and taken off once.
    const entry = { listener };
    // Not by spreading, which leaves room for more.
    this.#drainListeners = this.#drainListeners.concat(entry);
    return () => {
      this.#drainListeners = this.#drainListeners.filter((other) => other !== entry);
    };
  }

  /** For `endIdle`. */
  endIdle(error: IdleTimeoutError): void {
    this.#silence = error;
  }

  get signal(): AbortSignal {
    if (this.#hard === null) {
      this.#hard = new AbortController();
      if (this.#ending === null) void this.#abortWhenBroken(this.#hard);
      else this.#hard.abort(this.#ending.error);
    }
    return this.#hard.signal;
  }

  get group(): Group {
    if (this.#group === null) {
      const group = new Group({ signal: this.signal, name: this.id });
      this.#group = group;
      onAbort(group.signal, () => void this.#failWith(group));
    }
    return this.#group;
  }

  get bytesRead(): number {
    return this.conn.bytesRead;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Why it ended; `returned` until there is another reason. */
  get reason(): CloseReason {
    return this.#ending?.reason ?? "returned";
  }

  get error(): unknown {
    return this.#ending?.error;
  }

  /** Milliseconds since it was opened, or came to wait. */
  get age(): number {
    return performance.now() - this.#since;
  }

  info(): ConnectionInfo {
    const { localAddr, bytesRead, bytesWritten, bytesQueued } = this.conn;
    const { id, remoteAddr, proxyAddr } = this.party();
    const since = Math.round(performance.timeOrigin + this.#since);
    const state = this.#state;
    return { id, localAddr, remoteAddr, proxyAddr, state, since, bytesRead, bytesWritten, bytesQueued };
  }

  /** Who it is, as events tell it. */
  party(): PeerEvent & { readonly id: string } {
    const { remoteAddr, proxy } = this.conn;
    return { server: this.#owner.name, id: this.id, remoteAddr, proxyAddr: proxy?.remoteAddr };
  }

  /** Marks it as opened. `serve` follows. */
  open(): void {
    this.#state = "serving";
    this.#since = performance.now();
  }

  /** Runs the service, and ends the connection after it. Neither throws nor rejects. */
  serve(service: Service): Promise<void> {
    let running: void | Promise<void>;
    try {
      running = service(this.conn, this);
    } catch (error) {
      return this.#end(this.#isDrain(error) ? null : { error });
    }
    return Promise.resolve(running).then(
      () => this.#end(null),
      (error: unknown) => this.#end(this.#isDrain(error) ? null : { error }),
    );
  }

  /** Tells the service that the server goes down, when it does. */
  drain(): void {
    const reason = this.#owner.shutdownReason;
    if (reason === null) return;
    const listeners = this.#drainListeners;
    this.#drainListeners = NONE;
    this.#draining?.abort(reason);
    for (const { listener } of listeners) {
      try {
        listener();
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  /** Closes it because the peer was silent too long. */
  expire(): void {
    if (this.#ending !== null || this.#state !== "serving") return;
    this.#stop("idle", new IdleTimeoutError(this.#owner.idleTimeout));
    void this.#close();
  }

  /** Resets it because somebody wants it gone. Its service is told by `signal`, and its place free once that has ended. */
  kick(): void {
    if (this.#state === "closed" || (this.#ending !== null && this.#ending.reason !== "idle")) return;
    const error = new KickedError();
    this.#stop("kicked", error);
    this.conn.abort(error);
  }

  /** Resets it now. Its service is told by `signal`, and not waited for. */
  cut(error: Error): void {
    if (this.#state === "closed") return;
    this.#ending = null;
    this.#stop("cut", error);
    this.conn.abort(error);
    this.#leave();
  }

  async #end(thrown: { readonly error: unknown } | null): Promise<void> {
    // A group that was called off before the service threw may hold the error that came first: that one counts.
    const isFirst = this.#group === null || !this.#group.signal.aborted;
    if (thrown !== null && isFirst) this.#fail(thrown.error);
    if (this.#group !== null) await this.#endGroup(this.#group, thrown);
    if (thrown !== null && !isFirst) this.#fail(thrown.error);
    if (this.#ending === null) {
      if (this.#silence !== null) this.#ending = { reason: "idle", error: this.#silence };
      await this.#close();
    }
    await this.conn.closed;
    this.#leave();
  }

  #endGroup(group: Group, thrown: { readonly error: unknown } | null): Promise<void> {
    if (thrown !== null) group.cancel(thrown.error);
    return this.#failWith(group);
  }

  /** Waits for the group's tasks; when one of them has failed, so has the connection. */
  async #failWith(group: Group): Promise<void> {
    try {
      await group.wait();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#isExpected(error)) return;
    const isBroken = brokeHere(error, this.conn);
    if (!isBroken) this.#owner.failed(this, error);
    if (this.#ending !== null) return;
    this.#stop(isBroken ? "broken" : "failed", error);
    this.conn.abort(error);
  }

  /** Whether `error` only passes on that the server goes down: who does so has done as told, and may have tasks to finish. */
  #isDrain(error: unknown): boolean {
    return error instanceof ShutdownError && error === this.#owner.shutdownReason;
  }

  /** Whether `error` only passes on that the connection was ended here, or that the server goes down. */
  #isExpected(error: unknown): boolean {
    if (this.#isDrain(error)) return true;
    const ending = this.#ending;
    if (ending === null) return false;
    if (error === ending.error || error instanceof ClosedError || brokeHere(error, this.conn)) return true;
    return error instanceof Error && (error.name === "AbortError" || error.cause === ending.error);
  }

  #stop(reason: CloseReason, error: unknown): void {
    this.#ending = { reason, error };
    this.#hard?.abort(error);
  }

  #close(): Promise<void> {
    this.#state = "closing";
    const { conn } = this;
    const { closeTimeout } = this.#owner;
    // A peer that does not read would keep the flush waiting for ever.
    if (conn.bytesQueued > 0 && closeTimeout !== Number.POSITIVE_INFINITY) {
      conn.setWriteDeadline(Date.now() + closeTimeout);
    }
    return conn.close();
  }

  #leave(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#owner.left(this);
  }

  async #abortWhenBroken(hard: AbortController): Promise<void> {
    await this.conn.closed;
    try {
      await this.conn.flush();
    } catch (error) {
      if (error instanceof BrokenError) hard.abort(error);
    }
  }
}

/** Whether `error` says that `conn` itself broke, rather than another connection its service has to do with. */
function brokeHere(error: unknown, conn: Conn): boolean {
  if (!(error instanceof BrokenError)) return false;
  const { localAddr, remoteAddr } = conn;
  return String(error.localAddr) === String(localAddr) && String(error.remoteAddr) === String(remoteAddr);
}
