import type { Addr, Conn, Listener } from "@belfry/net";
import { Group } from "@belfry/sync";
import { systemCode } from "./accept-errors.js";
import { acceptLoop } from "./accept-loop.js";
import type { Acceptor } from "./accept-loop.js";
import { Admission } from "./admission.js";
import { Connection } from "./connection.js";
import type { ConnectionInfo, ConnectionOwner } from "./connection.js";
import { Tally } from "./counters.js";
import type { ServerCounters } from "./counters.js";
import { deferred } from "./deferred.js";
import { processBudget } from "./descriptor-budget.js";
import { Emitter } from "./emitter.js";
import { ShutdownError } from "./errors.js";
import type { AcceptFailedEvent, RefusalReason, ServerEventName, ServerEvents } from "./events.js";
import { IdleWatch } from "./idle-watch.js";
import { checkDelay } from "./options.js";
import type { Limits } from "./options.js";
import { Patience } from "./patience.js";
import type { Server, ServerState, ShutdownOptions, ShutdownOutcome } from "./server.js";
import type { Service } from "./service.js";
import { WaitingRoom } from "./waiting-room.js";

/** The one implementation of {@link Server}. */
export class RunningServer implements Server, ConnectionOwner, Acceptor {
  readonly name: string;
  readonly idleTimeout: number;
  readonly closeTimeout: number;
  shutdownReason: ShutdownError | null = null;
  readonly #listener: Listener;
  readonly #service: Service;
  readonly #limits: Limits;
  readonly #admission: Admission;
  readonly #open = new Set<Connection>();
  readonly #room: WaitingRoom<Connection>;
  readonly #emitter = new Emitter();
  readonly #tally = new Tally();
  readonly #tasks: Group | null;
  readonly #idleWatch: IdleWatch | null;
  readonly #stopping = new AbortController();
  readonly #patience = new Patience();
  readonly #finish = deferred<void>();
  #state: ServerState = "serving";
  #loop: Promise<void> = Promise.resolve();
  #breakdown: { readonly error: unknown } | null = null;
  #outcome: Promise<ShutdownOutcome> | null = null;

  constructor(listener: Listener, limits: Limits, service: Service) {
    this.name = limits.name;
    this.idleTimeout = limits.idleTimeout;
    this.closeTimeout = limits.closeTimeout;
    this.#listener = listener;
    this.#limits = limits;
    this.#service = service;
    this.#room = new WaitingRoom(limits.maxWaiting);
    this.#admission = new Admission(limits.maxConnsPerAddress, listener.addr.network === "pipe" ? null : processBudget);
    this.#tasks = limits.listTasks ? new Group({ name: this.name }) : null;
    this.#idleWatch =
      limits.idleTimeout === Number.POSITIVE_INFINITY ? null : new IdleWatch(limits.idleTimeout, this.#open);
    // Nobody has to listen: the breakdown is in the event too.
    this.#finish.promise.catch(() => {});
  }

  /** Starts to accept, unless it was shut down already. Called once. */
  start(): void {
    if (this.#outcome !== null) return;
    this.#emitter.emit("listening", () => ({ server: this.name, addr: this.addr }));
    this.#loop = acceptLoop(this.#listener, this, this.#stopping.signal).catch((error: unknown) => {
      this.#breakdown = { error };
      void this.shutdown();
    });
  }

  get addr(): Addr {
    return this.#listener.addr;
  }

  get finished(): Promise<void> {
    return this.#finish.promise;
  }

  get size(): number {
    return this.#open.size;
  }

  get waiting(): number {
    return this.#room.size;
  }

  get state(): ServerState {
    return this.#state;
  }

  get counters(): ServerCounters {
    const { refused } = this.#listener;
    return this.#tally.snapshot(this.#open, { waiting: this.#room.size, backlog: refused });
  }

  connections(): ConnectionInfo[] {
    return [...this.#open, ...this.#room].map((connection) => connection.info());
  }

  on<E extends ServerEventName>(event: E, listener: (event: ServerEvents[E]) => unknown): () => void {
    return this.#emitter.on(event, listener);
  }

  suspend(): void {
    if (this.#state !== "serving") return;
    this.#state = "suspended";
    this.#listener.suspend();
    this.#emitter.emit("suspended", () => ({ server: this.name }));
  }

  resume(): void {
    if (this.#state !== "suspended") return;
    this.#state = "serving";
    this.#emitter.emit("resumed", () => ({ server: this.name }));
    this.#listener.resume();
    this.#serveWaiting();
  }

  shutdown(options: ShutdownOptions = {}): Promise<ShutdownOutcome> {
    const timeout = checkDelay("timeout", options.timeout ?? this.#limits.shutdownTimeout);
    if (this.#outcome === null) {
      // Known before the first step is taken: what that calls may call this again.
      const { promise, resolve, reject } = deferred<ShutdownOutcome>();
      this.#outcome = promise;
      this.#shutDown(timeout).then(resolve, reject);
    }
    return this.#outcome;
  }

  async close(): Promise<void> {
    this.#patience.end();
    await this.shutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  arrived(conn: Conn): void {
    this.#tally.accepted++;
    if (this.#outcome !== null) return this.#refuse(conn, "draining");
    const obstacle = this.#admission.admit(conn);
    if (obstacle === "exhausted") {
      const { delay } = this.#admission;
      this.#emitter.emit("backedOff", () => ({ server: this.name, shortage: "descriptors", delay }));
    }
    if (obstacle !== null) return this.#refuse(conn, obstacle === "exhausted" ? "descriptors" : obstacle);
    const connection = new Connection(conn, this, this.#tally.accepted);
    if (this.#canServe() && this.#room.size === 0) this.#serve(connection, 0);
    else this.#makeWait(connection);
  }

  acceptFailed(error: unknown, kind: AcceptFailedEvent["kind"], delay: number): void {
    this.#tally.acceptErrors++;
    this.#emitter.emit("acceptFailed", () => ({ server: this.name, error, kind }));
    if (kind !== "backOff") return;
    this.#emitter.emit("backedOff", () => ({ server: this.name, shortage: systemCode(error), delay }));
  }

  failed(connection: Connection, error: unknown): void {
    this.#tally.failures++;
    const { remoteAddr } = connection.conn;
    this.#emitter.emit("failed", () => ({ server: this.name, id: connection.id, remoteAddr, error }));
  }

  left(connection: Connection): void {
    const { conn, reason, error, age: duration } = connection;
    const { bytesRead, bytesWritten, remoteAddr } = conn;
    this.#open.delete(connection);
    this.#admission.release(conn);
    this.#tally.closed[reason]++;
    this.#tally.bytesRead += bytesRead;
    this.#tally.bytesWritten += bytesWritten;
    this.#emitter.emit("closed", () => {
      const { id } = connection;
      return { server: this.name, id, remoteAddr, reason, error, bytesRead, bytesWritten, duration };
    });
    if (this.#state === "draining" && this.#open.size === 0) this.#patience.end();
    this.#serveWaiting();
  }

  #canServe(): boolean {
    return this.#state === "serving" && this.#open.size < this.#limits.maxConns;
  }

  #serve(connection: Connection, waited: number): void {
    this.#open.add(connection);
    connection.open();
    this.#emitter.emit("opened", () => {
      const { localAddr, remoteAddr } = connection.conn;
      return { server: this.name, id: connection.id, localAddr, remoteAddr, waited };
    });
    if (connection.state !== "serving") return;
    if (this.#tasks === null) void connection.serve(this.#service);
    else this.#tasks.tryGo(() => connection.serve(this.#service), connection.id);
  }

  #serveWaiting(): void {
    while (this.#canServe()) {
      const connection = this.#room.next();
      if (connection === undefined) return;
      this.#serve(connection, connection.age);
    }
  }

  #makeWait(connection: Connection): void {
    const { conn } = connection;
    if (!this.#room.enter(connection)) {
      this.#admission.release(conn);
      return this.#refuse(conn, "full");
    }
    void this.#watchDeparture(connection);
    this.#emitter.emit("waiting", () => {
      const { remoteAddr } = conn;
      return { server: this.name, id: connection.id, remoteAddr, position: this.#room.size };
    });
  }

  async #watchDeparture(connection: Connection): Promise<void> {
    await connection.conn.closed;
    if (!this.#room.leave(connection)) return;
    this.#admission.release(connection.conn);
    this.#refuse(connection.conn, "abandoned");
  }

  #refuse(conn: Conn, reason: RefusalReason): void {
    const { remoteAddr } = conn;
    this.#tally.refused[reason]++;
    conn.abort();
    this.#emitter.emit("refused", () => ({ server: this.name, remoteAddr, reason }));
  }

  async #shutDown(timeout: number): Promise<ShutdownOutcome> {
    this.#state = "draining";
    const released = this.#listener.close();
    this.#stopping.abort();
    this.#emptyRoom();
    const open = this.#open.size;
    this.shutdownReason = new ShutdownError();
    this.#emitter.emit("draining", () => ({ server: this.name, open, timeout }));
    for (const connection of this.#open) connection.drain();
    if (this.#open.size > 0) await this.#patience.wait(timeout);
    const cut = [...this.#open];
    const reason = new ShutdownError("The server was closed before the service had finished");
    for (const connection of cut) connection.cut(reason);
    const results = await Promise.allSettled([released, this.#loop, ...cut.map(({ conn }) => conn.closed)]);
    for (const result of results) if (result.status === "rejected") this.#breakdown ??= { error: result.reason };
    return this.#end({ drained: open - cut.length, cut: cut.length });
  }

  #emptyRoom(): void {
    for (let connection = this.#room.next(); connection !== undefined; connection = this.#room.next()) {
      this.#admission.release(connection.conn);
      this.#refuse(connection.conn, "draining");
    }
  }

  #end(outcome: ShutdownOutcome): ShutdownOutcome {
    this.#idleWatch?.stop();
    this.#state = "finished";
    const breakdown = this.#breakdown;
    this.#emitter.emit("finished", () => ({ server: this.name, ...outcome, error: breakdown?.error }));
    if (breakdown === null) this.#finish.resolve();
    else this.#finish.reject(breakdown.error);
    return outcome;
  }
}
