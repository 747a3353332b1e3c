import { onAbort } from "@belfry/sync";
import type { Server, Socket } from "node:net";
import { isIP } from "node:net";
import { Addr } from "./addr.js";
import type { Conn, WaitOptions } from "./conn.js";
import { BrokenError, ClosedError } from "./errors.js";
import type { ErrorOrigin } from "./errors.js";
import type { Listener, ListenOptions } from "./listener.js";
import type { Entrance, EntranceSink } from "./entrance.js";
import { StreamConn } from "./stream-conn.js";
import { systemError } from "./system-error.js";
import type { Wire } from "./wire.js";
import { HandleWire } from "./wires/handle-wire.js";
import { isHandle, isListenHandle } from "./wires/runtime.js";
import { SocketWire } from "./wires/socket-wire.js";

interface Taker {
  readonly resolve: (taken: Conn | IteratorResult<Conn, undefined>) => void;
  readonly reject: (reason: unknown) => void;
  /** A loop is given iterator results, and ends where `accept` rejects. */
  readonly isLoop: boolean;
  forget: (() => void) | null;
}

/** What `listen` has made of its options. */
export interface SocketListenerOptions extends Pick<ListenOptions, "onHandshakeFailed"> {
  readonly backlog: number;
  readonly entrance: Entrance;
}

const END: IteratorResult<Conn, undefined> = { value: undefined, done: true };

/** {@link Listener} over the runtime's TCP and Unix sockets. */
export class SocketListener implements Listener, EntranceSink {
  readonly addr: Addr;
  readonly #servers: readonly Server[];
  readonly #options: SocketListenerOptions;
  /** The address connections arrive at, where it is the same for all of them. */
  readonly #localAddr: Addr | undefined;
  readonly #entrance: Entrance;
  #queue: Conn[] = [];
  #takers: Taker[] = [];
  #refused = 0;
  #isSuspended = false;
  #closed: Promise<void> | null = null;
  /** Set once the runtime accepts no more; resolves when its socket is released. */
  #released: Promise<void> | null = null;
  #stopped: Promise<void> | null = null;
  #onStopped: () => void = () => {};

  /** @param servers that all listen on the one socket. */
  constructor(servers: readonly Server[], addr: Addr, options: SocketListenerOptions) {
    this.addr = addr;
    this.#servers = servers;
    this.#options = options;
    this.#entrance = options.entrance;
    const isWildcard = isIP(addr.host) !== 0 && /^[0:.]+$/.test(addr.host);
    this.#localAddr = isWildcard ? undefined : addr;
    for (const server of servers) this.#takeConnections(server);
  }

  get waiting(): number {
    return this.#queue.length;
  }

  get refused(): number {
    return this.#refused;
  }

  accept(options?: WaitOptions): Promise<Conn> {
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (this.#closed !== null) return Promise.reject(this.#closedError());
    const first = this.#takeFirst();
    return first === undefined ? this.#wait(false, signal) : Promise.resolve(first);
  }

  suspend(): void {
    this.#isSuspended = true;
  }

  resume(): void {
    this.#isSuspended = false;
    while (this.#takers.length > 0 && this.#queue.length > 0) this.#hand(this.#queue.shift() as Conn);
    this.#closeIfOver();
  }

  stop(): Promise<void> {
    if (this.#closed !== null) return Promise.resolve();
    this.#stopped ??= new Promise((resolve) => (this.#onStopped = resolve));
    this.#released ??= this.#stopListening();
    this.#closeIfOver();
    return this.#stopped;
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  [Symbol.asyncIterator](): AsyncIterator<Conn, undefined> {
    return {
      next: () => {
        if (this.#closed !== null) return Promise.resolve(END);
        const first = this.#takeFirst();
        return first === undefined ? this.#wait(true) : Promise.resolve({ value: first, done: false });
      },
      return: () => Promise.resolve(END),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** By the listening handle where it is known, else by the server's own event. */
  #takeConnections(server: Server): void {
    server.on("error", (error) => this.#failed(error));
    const listening: unknown = Reflect.get(server, "_handle");
    if (!isListenHandle(listening)) {
      server.on("connection", (socket: Socket) => this.#arrived(() => new SocketWire(socket, this.#unixEnds())));
      return;
    }
    const network = this.addr.network === "unix" ? "unix" : "tcp";
    const remoteAddr = this.#unixEnds()?.remoteAddr;
    listening.onconnection = (status, handle) => {
      if (status !== 0 || !isHandle(handle)) this.#failed(systemError(status, "accept"));
      else {
        handle.setNoDelay?.(true);
        this.#arrived(() => new HandleWire(handle, network, this.#localAddr, remoteAddr));
      }
    };
  }

  #arrived(makeWire: () => Wire): void {
    const wire = makeWire();
    const isFull = this.#queue.length >= this.#options.backlog || this.#entrance.isFull;
    if (this.#closed !== null || isFull) {
      this.#refused += 1;
      wire.attach(NOBODY);
      wire.reset();
    } else if (this.#entrance.isOpen) {
      this.#hand(new StreamConn(wire));
    } else {
      this.#entrance.enter(wire, this);
    }
  }

  entered(conn: Conn): void {
    this.#hand(conn);
  }

  lost(error: BrokenError): void {
    this.#options.onHandshakeFailed?.(error);
  }

  left(): void {
    this.#closeIfOver();
  }

  #takeFirst(): Conn | undefined {
    const first = this.#isSuspended ? undefined : this.#queue.shift();
    this.#closeIfOver();
    return first;
  }

  /** After `stop`, once nothing is left to be taken. */
  #closeIfOver(): void {
    if (this.#stopped === null || this.#queue.length > 0 || this.#entrance.size > 0) return;
    void this.close();
  }

  async #stopListening(): Promise<void> {
    const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
    await Promise.all(this.#servers.map(close));
  }

  #wait<T>(isLoop: boolean, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const taker: Taker = { resolve: resolve as Taker["resolve"], reject, isLoop, forget: null };
      this.#takers.push(taker);
      if (signal === undefined) return;
      taker.forget = onAbort(signal, (reason) => {
        this.#takers = this.#takers.filter((other) => other !== taker);
        reject(reason);
      });
    });
  }

  #hand(conn: Conn): void {
    const taker = this.#isSuspended ? undefined : this.#takers.shift();
    if (taker === undefined) {
      this.#queue.push(conn);
      return;
    }
    taker.forget?.();
    taker.resolve(taker.isLoop ? { value: conn, done: false } : conn);
  }

  /** The system could not accept one; whoever waits first is told. */
  #failed(cause: Error): void {
    const taker = this.#takers.shift();
    if (taker === undefined) return;
    taker.forget?.();
    taker.reject(new BrokenError(this.#origin(), cause));
  }

  #close(): Promise<void> {
    const released = (this.#released ??= this.#stopListening());
    this.#entrance.close();
    for (const conn of this.#queue) conn.abort();
    this.#queue = [];
    for (const taker of this.#takers) {
      taker.forget?.();
      if (taker.isLoop) taker.resolve(END);
      else taker.reject(this.#closedError());
    }
    this.#takers = [];
    this.#onStopped();
    return released;
  }

  #unixEnds(): { localAddr: Addr; remoteAddr: Addr } | undefined {
    if (this.addr.network !== "unix") return undefined;
    return { localAddr: this.addr, remoteAddr: new Addr("unix", "", 0) };
  }

  #origin(): ErrorOrigin {
    return { op: "accept", localAddr: this.addr };
  }

  #closedError(): ClosedError {
    return new ClosedError(this.#origin());
  }
}

const ignore = (): void => {};

/** The sink of a connection that nobody will ever see. */
const NOBODY = {
  onBytes: ignore,
  onChunk: ignore,
  onFilled: ignore,
  onEnd: ignore,
  onReadError: ignore,
  onWriteError: ignore,
  onDrain: ignore,
  onShutdown: ignore,
  onClosed: ignore,
};
