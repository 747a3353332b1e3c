import type { Addr, Conn, Listener } from "@belfry/net";
import { systemCode } from "./accept-errors.js";
import { acceptLoop } from "./accept-loop.js";
import type { Acceptor } from "./accept-loop.js";
import { Admission } from "./admission.js";
import type { Connection } from "./connection.js";
import type { ConnectionInfo } from "./connection-info.js";
import { Tally } from "./counters.js";
import type { ServerCounters } from "./counters.js";
import { deferred } from "./deferred.js";
import { processBudget } from "./descriptor-budget.js";
import { SERVER_CHANNELS } from "./channels.js";
import { Emitter } from "./emitter.js";
import { ShutdownError } from "./errors.js";
import type { AcceptFailedEvent, ServerEventName, ServerEvents } from "./events.js";
import { IdleWatch } from "./idle-watch.js";
import { Patience } from "./patience.js";
import { Policy } from "./policy.js";
import { Reception } from "./reception.js";
import type { ReceptionOwner } from "./reception.js";
import { checkCount, checkDelay } from "./resolve-limits.js";
import type { Limits } from "./resolve-limits.js";
import type { Server, ServerState, ShutdownOptions, ShutdownOutcome } from "./server.js";
import type { Service } from "./service.js";
import { ServiceTasks } from "./service-tasks.js";

/** The one implementation of {@link Server}. */
export class RunningServer implements Server, ReceptionOwner, Acceptor {
  readonly name: string;
  readonly idPrefix: string;
  readonly idleTimeout: number;
  readonly closeTimeout: number;
  shutdownReason: ShutdownError | null = null;
  readonly #listener: Listener;
  readonly #service: Service;
  readonly #limits: Limits;
  readonly #open = new Set<Connection>();
  readonly #reception: Reception;
  readonly #emitter = new Emitter(SERVER_CHANNELS);
  readonly #tally = new Tally();
  readonly #tasks: ServiceTasks | null;
  readonly #idleWatch: IdleWatch | null;
  readonly #stopping = new AbortController();
  readonly #patience = new Patience();
  readonly #finish = deferred<void>();
  #state: ServerState = "serving";
  #maxConns: number;
  #loop: Promise<void> = Promise.resolve();
  #breakdown: { readonly error: unknown } | null = null;
  #outcome: Promise<ShutdownOutcome> | null = null;

  constructor(listener: Listener, limits: Limits, service: Service) {
    this.name = limits.name;
    this.idPrefix = limits.instance === "" ? `${limits.name}#` : `${limits.name}#${limits.instance}-`;
    this.idleTimeout = limits.idleTimeout;
    this.closeTimeout = limits.closeTimeout;
    this.#listener = listener;
    this.#limits = limits;
    this.#maxConns = limits.maxConns;
    this.#service = service;
    this.#reception = new Reception(this, {
      admission: new Admission(limits, listener.addr.network === "pipe" ? null : processBudget),
      policy: this.#makePolicy(limits),
      emitter: this.#emitter,
      tally: this.#tally,
      maxWaiting: limits.maxWaiting,
    });
    this.#tasks = limits.listTasks ? new ServiceTasks(this.name, listener.addr) : null;
    this.#idleWatch =
      limits.idleTimeout === Number.POSITIVE_INFINITY ? null : new IdleWatch(limits.idleTimeout, this.#open);
    // Nobody has to listen: the breakdown is in the event too.
    this.#finish.promise.catch(() => {});
  }

  /** Starts to accept, unless it was shut down already. Called once. */
  start(): void {
    if (this.#outcome !== null) return;
    this.#emitter.emit("listening", () => ({ server: this.name, addr: this.addr }));
    const accept = () => acceptLoop(this.#listener, this, this.#stopping.signal);
    this.#loop = (this.#tasks === null ? accept() : this.#tasks.accept(accept)).catch((error: unknown) => {
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
    return this.#reception.size;
  }

  get maxConns(): number {
    return this.#maxConns;
  }

  get freePlaces(): number {
    return this.#state === "serving" ? this.#maxConns - this.#open.size : 0;
  }

  get state(): ServerState {
    return this.#state;
  }

  get counters(): ServerCounters {
    const { refused } = this.#listener;
    return this.#tally.snapshot(this.#open, { waiting: this.waiting, backlog: refused });
  }

  connections(): ConnectionInfo[] {
    return [...this.#open, ...this.#reception].map((connection) => connection.info());
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
    this.#reception.serveWaiting();
  }

  setMaxConns(count: number): void {
    this.#maxConns = checkCount("maxConns", count, 0);
    this.#reception.serveWaiting();
  }

  kick(id: string): boolean {
    if (!id.startsWith(this.idPrefix)) return false;
    for (const connection of this.#open) {
      if (connection.id !== id) continue;
      connection.kick();
      return true;
    }
    return this.#reception.kick(id);
  }

  stopAccepting(): Promise<void> {
    return this.#listener.stop();
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
    this.#reception.receive(conn);
  }

  acceptFailed(error: unknown, kind: AcceptFailedEvent["kind"], delay: number): void {
    this.#tally.acceptErrors++;
    this.#emitter.emit("acceptFailed", () => ({ server: this.name, error, kind }));
    if (kind !== "backOff") return;
    this.#emitter.emit("backedOff", () => ({ server: this.name, shortage: systemCode(error), delay }));
  }

  serve(connection: Connection, waited: number): void {
    this.#open.add(connection);
    connection.open();
    this.#emitter.emit("opened", () => ({ ...connection.party(), localAddr: connection.conn.localAddr, waited }));
    if (connection.state !== "serving") return;
    if (this.#tasks === null) void connection.serve(this.#service);
    else this.#tasks.serve(connection.conn, connection.id, () => connection.serve(this.#service));
  }

  failed(connection: Connection, error: unknown): void {
    this.#tally.failures++;
    this.#emitter.emit("failed", () => ({ ...connection.party(), error }));
  }

  left(connection: Connection): void {
    const { conn, reason, error, age: duration } = connection;
    const { bytesRead, bytesWritten } = conn;
    this.#open.delete(connection);
    this.#reception.release(conn);
    this.#tally.closed[reason]++;
    this.#tally.bytesRead += bytesRead;
    this.#tally.bytesWritten += bytesWritten;
    this.#emitter.emit("closed", () => {
      // Not by spreading, which takes longer than everything else about this event.
      const { server, id, remoteAddr, proxyAddr } = connection.party();
      return { server, id, remoteAddr, proxyAddr, reason, error, bytesRead, bytesWritten, duration };
    });
    if (this.#state === "draining" && this.#open.size === 0) this.#patience.end();
    this.#reception.serveWaiting();
  }

  #makePolicy({ admit, onReleased }: Limits): Policy | null {
    if (admit === null && onReleased === null) return null;
    return new Policy(admit ?? (() => true), onReleased ?? (() => {}), ({ remoteAddr }, error) => {
      this.#emitter.emit("policyFailed", () => ({ server: this.name, remoteAddr, error }));
    });
  }

  async #shutDown(timeout: number): Promise<ShutdownOutcome> {
    this.#state = "draining";
    const released = this.#listener.close();
    this.#stopping.abort();
    this.#reception.close();
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
