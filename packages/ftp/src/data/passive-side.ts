import { ClosedError } from "@belfry/net";
import type { Addr, Conn, Listener } from "@belfry/net";
import { hostOf, ipAddressOf } from "./ip-address.js";
import { listenInRange } from "./passive-ports.js";
import type { PassiveOptions } from "./passive-options.js";

/** Connections of the client that wait for its next command; it needs one. */
const MAX_WAITING = 4;

/** What the kernel holds before this process looks. */
const BACKLOG = 16;

/** One end of a wait: a connection, or the news that none will come. */
type Taker = (conn: Conn | null) => void;

/**
 * The listening end of a session's data connections: one port from the first PASV to the session's end.
 *
 * Whoever connects from another address than the client's, or at another time than between PASV and the transfer, is
 * dropped without a word (RFC 2577 §8).
 */
export class PassiveSide {
  readonly #host: string;
  readonly #peer: string;
  readonly #ports: PassiveOptions["ports"];
  #starting: Promise<Listener> | null = null;
  #listener: Listener | null = null;
  #accepting: Promise<void> | null = null;
  #isClosed = false;
  #isWanted = false;
  #waiting: Conn[] = [];
  #taker: Taker | null = null;

  constructor(localAddr: Addr, remoteAddr: Addr, ports: PassiveOptions["ports"]) {
    this.#host = hostOf(localAddr);
    this.#peer = ipAddressOf(remoteAddr).text;
    this.#ports = ports;
  }

  /** The port connections are awaited on; `null` before the first {@link listen}. */
  get port(): number | null {
    return this.#listener?.addr.port ?? null;
  }

  /**
   * Listens, once: later calls give the port there is.
   *
   * @throws {BrokenError} when no port is free.
   */
  async listen(): Promise<number> {
    this.#starting ??= listenInRange(this.#host, this.#ports, { exclusive: true, backlog: BACKLOG });
    try {
      const listener = await this.#starting;
      if (this.#isClosed) throw new ClosedError({ op: "listen", localAddr: listener.addr });
      if (this.#listener === null) {
        this.#listener = listener;
        this.#accepting = this.#acceptAll(listener);
      }
      return listener.addr.port;
    } catch (error) {
      this.#starting = null;
      throw error;
    }
  }

  /** From now on the client's connections are kept; those from before are dropped. */
  expect(): void {
    this.forget();
    this.#isWanted = true;
  }

  /** Nothing is expected any more. */
  forget(): void {
    this.#isWanted = false;
    for (const conn of this.#waiting) conn.abort();
    this.#waiting = [];
  }

  /** The first connection that came from the client, or will; `null` when {@link close} comes before it. */
  take(taker: Taker): void {
    const first = this.#waiting.shift();
    if (first === undefined && !this.#isClosed) this.#taker = taker;
    else {
      this.forget();
      taker(first ?? null);
    }
  }

  /** Takes back a {@link take} that waits. */
  leave(): void {
    this.#taker = null;
    this.forget();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.forget();
    this.#give(null);
    const listener = await this.#starting?.catch(() => null);
    await listener?.close();
    await this.#accepting;
  }

  async #acceptAll(listener: Listener): Promise<void> {
    while (!this.#isClosed) {
      try {
        for await (const conn of listener) this.#arrived(conn);
      } catch {
        // The system could not accept one, for want of descriptors mostly. The client's own may be the next.
      }
    }
  }

  #arrived(conn: Conn): void {
    const { remoteAddr } = conn;
    const isClient = remoteAddr.host === this.#peer || ipAddressOf(remoteAddr).text === this.#peer;
    const isWelcome = this.#isWanted && isClient;
    if (!isWelcome || this.#waiting.length >= MAX_WAITING) conn.abort();
    else if (this.#taker !== null) this.#give(conn);
    else this.#waiting.push(conn);
  }

  #give(conn: Conn | null): void {
    const taker = this.#taker;
    this.#taker = null;
    this.forget();
    taker?.(conn);
  }
}
