import { Deadline, onAbort } from "@belfry/sync";
import type { RemoteInfo, Socket } from "node:dgram";
import { Addr, parseAddress } from "./addr.js";
import type { Address } from "./addr.js";
import type { Deadline as Moment, WaitOptions } from "./conn.js";
import { BrokenError, ClosedError, DeadlineError } from "./errors.js";
import type { ErrorOrigin } from "./errors.js";
import { checkLimit } from "./limits.js";
import type { Packet, PacketConn } from "./packet-conn.js";

const DEFAULT_CAPACITY = 1024;

/** The bound of the receive queue, from an option. */
export function checkCapacity(capacity = DEFAULT_CAPACITY): number {
  return checkLimit("capacity", capacity);
}

interface Receiver {
  readonly resolve: (packet: Packet) => void;
  readonly reject: (reason: unknown) => void;
  forget: (() => void) | null;
}

/** {@link PacketConn} over a bound socket of the runtime, which it owns from now on. */
export class UdpConn implements PacketConn {
  readonly localAddr: Addr;
  readonly remoteAddr: Addr | null;
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #capacity: number;
  readonly #packets: Packet[] = [];
  readonly #receivers = new Set<Receiver>();
  readonly #deadline = new Deadline(() => this.#rejectAll(this.#late()));
  /** An error that came while nobody received; the next receiver gets it. */
  #failure: BrokenError | undefined;
  #dropped = 0;
  #isClosed = false;

  constructor(socket: Socket, remoteAddr: Addr | null, capacity: number) {
    const { address, port } = socket.address();
    this.localAddr = new Addr("udp", address, port);
    this.remoteAddr = remoteAddr;
    this.#socket = socket;
    this.#capacity = capacity;
    this.closed = new Promise((resolve) => {
      socket.once("close", resolve);
    });
    socket.on("message", (data, from) => this.#arrived(data, from));
    socket.on("error", (cause) => this.#broke(cause));
  }

  get dropped(): number {
    return this.#dropped;
  }

  receive(options?: WaitOptions): Promise<Packet> {
    const signal = options?.signal;
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (this.#isClosed) return Promise.reject(new ClosedError(this.#origin("receive")));
    if (this.#deadline.isExpired) return Promise.reject(this.#late());
    const packet = this.#packets.shift();
    if (packet !== undefined) return Promise.resolve(packet);
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) return Promise.reject(failure);
    return new Promise((resolve, reject) => {
      const receiver: Receiver = { resolve, reject, forget: null };
      this.#receivers.add(receiver);
      if (signal === undefined) return;
      receiver.forget = onAbort(signal, (reason) => {
        this.#receivers.delete(receiver);
        reject(reason);
      });
    });
  }

  async send(data: Uint8Array | string, to?: Address): Promise<void> {
    if ((to === undefined) === (this.remoteAddr === null)) {
      throw new TypeError(
        `Cannot send: ${to === undefined ? "no address is given" : `the peer is ${this.remoteAddr}`}`,
      );
    }
    const target = to === undefined ? undefined : parseAddress(to);
    if (target?.path !== undefined) throw new TypeError(`Cannot send a datagram to "unix:${target.path}"`);
    if (this.#isClosed) throw new ClosedError(this.#origin("send"));
    const origin = {
      ...this.#origin("send"),
      ...(target && { remoteAddr: new Addr("udp", target.host, target.port) }),
    };
    await new Promise<void>((resolve, reject) => {
      const onSent = (cause: Error | null) => {
        if (cause === null) resolve();
        else reject(this.#isClosed ? new ClosedError(origin) : new BrokenError(origin, cause));
      };
      if (target === undefined) this.#socket.send(data, onSent);
      else this.#socket.send(data, target.port, target.host, onSent);
    });
  }

  setReadDeadline(at: Moment): void {
    this.#deadline.set(at);
  }

  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#deadline.clear();
      this.#packets.length = 0;
      this.#rejectAll(new ClosedError(this.#origin("receive")));
      this.#socket.close();
    }
    return this.closed;
  }

  /** Receives until closed; leaving the loop leaves the socket open. */
  [Symbol.asyncIterator](): AsyncIterator<Packet, undefined> {
    return {
      next: async () => {
        try {
          return { value: await this.receive(), done: false };
        } catch (error) {
          if (error instanceof ClosedError) return { value: undefined, done: true };
          throw error;
        }
      },
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #arrived(data: Uint8Array, { address, port }: RemoteInfo): void {
    const packet = { data, from: new Addr("udp", address, port) };
    const receiver = this.#next();
    if (receiver !== undefined) receiver.resolve(packet);
    else if (this.#packets.length < this.#capacity) this.#packets.push(packet);
    else this.#dropped += 1;
  }

  #broke(cause: Error): void {
    const error = new BrokenError(this.#origin("receive"), cause);
    const receiver = this.#next();
    if (receiver !== undefined) receiver.reject(error);
    else this.#failure = error;
  }

  /** Takes the receiver that has waited longest. */
  #next(): Receiver | undefined {
    for (const receiver of this.#receivers) {
      this.#receivers.delete(receiver);
      receiver.forget?.();
      return receiver;
    }
    return undefined;
  }

  #rejectAll(error: Error): void {
    for (let receiver = this.#next(); receiver !== undefined; receiver = this.#next()) receiver.reject(error);
  }

  #late(): DeadlineError {
    return new DeadlineError(this.#origin("receive"));
  }

  #origin(op: string): ErrorOrigin {
    return { op, localAddr: this.localAddr, remoteAddr: this.remoteAddr ?? undefined };
  }
}
