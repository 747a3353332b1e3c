import { BrokenError, type Conn } from "@belfry/net";
import { Group, onAbort } from "@belfry/sync";
import { IdleError } from "./errors.js";
import { watchIdle, type IdleWatch } from "./idle-watch.js";
import { toSink, writeOutput, type Output, type Sink } from "./sink.js";
import { inputFailure, toSource, type Input, type Source } from "./source.js";

/** Options of {@link netcat}. */
export interface NetcatOptions {
  /** What to send. A {@link Source} is left open for the next connection; anything else is finished with. */
  readonly input: Input;
  /** Where to put what comes. It is never ended. */
  readonly output: Output;
  /**
   * What the end of input does to the write half: `"always"` (default) closes it; `"after-data"` closes it only when
   * something was sent, so that a listener with nothing to say does not hang up on its callers; `"never"` leaves it open.
   */
  readonly halfClose?: "always" | "after-data" | "never" | undefined;
  /**
   * What the peer's end does while there is input: `false` (default), it ends everything at once; `true`, sending goes
   * on until the end of input; milliseconds, it goes on until the input keeps one waiting for so long.
   */
  readonly keepOpen?: boolean | number | undefined;
  /** Milliseconds to wait for the peer after the end of input. Default: as long as it takes. */
  readonly quitAfter?: number | undefined;
  /** Milliseconds without a byte either way until {@link IdleError}. Default: none. */
  readonly idleTimeout?: number | undefined;
  /** Aborting closes the connection, giving what was sent 200 ms to leave, and rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Sees all bytes as they pass; lent until it returns. What it throws ends the connection. */
  readonly onBytes?: ((direction: Direction, bytes: Uint8Array) => void) | undefined;
}

/** Which way bytes went, seen from this side. */
export type Direction = "sent" | "received";

/** How a connection went. */
export interface NetcatResult {
  /** Bytes of input handed to the connection. */
  readonly sent: number;
  /** Bytes handed to the output. */
  readonly received: number;
  /** Who ended it: the peer, or `quitAfter`. */
  readonly endedBy: "peer" | "quit";
}

/** A source that never waits would keep signals and the other direction out for as long as it lasts. */
const YIELD_BYTES = 1_048_576;
const RECEIVE_BUFFER_SIZE = 262_144;
/** When it is over, milliseconds for what was already handed in to leave. */
const GOODBYE = 200;

/**
 * Joins a connection to an input and an output until the peer ends its side.
 *
 * Both directions run at once, each as fast as its slower end and with no more than a buffer (256 KiB) under way. The
 * end of input closes the write half and reading goes on; the peer's end finishes everything at once, even in the
 * middle of the input. `conn` is closed when the promise settles, whichever way.
 *
 * @throws {BrokenError} when the peer or the network broke the connection; what arrived before is in the output.
 * @throws {IdleError} when nothing moved for `idleTimeout`.
 * @throws {InputError} {@link OutputError} when the input or the output failed, with the cause.
 * @example
 * ```ts
 * import { pipe } from "@belfry/net";
 * import { netcat } from "@belfry/netcat";
 *
 * const [client, server] = pipe();
 * const answer = (async () => {
 *   for await (const chunk of server) await server.write(chunk);
 *   await server.close();
 * })();
 * const result = await netcat(client, { input: ["hello\n"], output: process.stdout }); // hello
 * await answer;
 * console.log(result.endedBy); // peer
 * ```
 */
export async function netcat(conn: Conn, options: NetcatOptions): Promise<NetcatResult> {
  const source = toSource(options.input);
  try {
    return await new Session(conn, source, toSink(options.output), options).run();
  } finally {
    if (source !== options.input) source.close();
  }
}

type Outcome = { readonly endedBy: NetcatResult["endedBy"] } | { readonly error: unknown };

/** One connection's two directions and what ends them. */
class Session {
  readonly #conn: Conn;
  readonly #source: Source;
  readonly #sink: Sink;
  readonly #options: NetcatOptions;
  readonly #group: Group;
  #sent = 0;
  #received = 0;
  #outcome: Outcome | null = null;
  #isSending = true;
  #isReceiving = true;
  #sendFailure: BrokenError | null = null;
  #isAtInput = false;
  /** How long the input, or behind its end the peer, is waited for. */
  #patience: NodeJS.Timeout | undefined;
  readonly #idle: IdleWatch;

  constructor(conn: Conn, source: Source, sink: Sink, options: NetcatOptions) {
    this.#conn = conn;
    this.#source = source;
    this.#sink = sink;
    this.#options = options;
    this.#group = new Group({ signal: options.signal, name: `netcat ${String(conn.remoteAddr)}` });
    const { idleTimeout } = options;
    this.#idle = watchIdle(idleTimeout, () =>
      this.#finish({ error: new IdleError(String(conn.remoteAddr), idleTimeout as number) }),
    );
  }

  async run(): Promise<NetcatResult> {
    const off = onAbort(this.#group.signal, (reason) => this.#hangUp(reason));
    try {
      await this.#group.go((signal) => this.#attempt(this.#send(signal), signal), "input to connection");
      await this.#group.go((signal) => this.#attempt(this.#receive(signal), signal), "connection to output");
      await this.#group.wait();
    } finally {
      off();
      clearTimeout(this.#patience);
      this.#idle.stop();
      await this.#conn.close();
    }
    return this.#result();
  }

  #result(): NetcatResult {
    const outcome = this.#outcome;
    if (outcome === null || "error" in outcome) throw outcome?.error;
    return { sent: this.#sent, received: this.#received, endedBy: outcome.endedBy };
  }

  /** The first outcome stands; what the other direction says while it is being stopped is noise. */
  #finish(outcome: Outcome): void {
    if (this.#group.signal.aborted) return;
    this.#outcome = outcome;
    this.#group.cancel();
  }

  async #attempt(direction: Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await direction;
    } catch (error) {
      if (!signal.aborted) this.#finish({ error });
    }
  }

  /** Wakes whatever waits on the connection. Without an outcome of our own it was called off from outside. */
  #hangUp(reason: unknown): void {
    this.#outcome ??= { error: reason };
    this.#conn.setWriteDeadline(Date.now() + GOODBYE);
    void this.#conn.close();
  }

  async #send(signal: AbortSignal): Promise<void> {
    try {
      await this.#sendInput(signal);
      const { halfClose = "always" } = this.#options;
      if (halfClose === "always" || (halfClose === "after-data" && this.#sent > 0)) await this.#conn.closeWrite();
    } catch (error) {
      if (!(error instanceof BrokenError)) throw error;
      // The reading half has the last word: it may still hold an answer, and knows whether the peer ended or broke.
      this.#sendFailure = error;
    }
    this.#isSending = false;
    if (!this.#isReceiving) this.#finish(this.#endByPeer());
    else this.#quitLater();
  }

  async #sendInput(signal: AbortSignal): Promise<void> {
    const { onBytes } = this.#options;
    const options = { signal };
    let unyielded = 0;
    for (;;) {
      const bytes = await this.#readInput(options);
      if (bytes === null) return;
      onBytes?.("sent", bytes);
      await this.#conn.write(bytes);
      this.#sent += bytes.byteLength;
      this.#idle.touch();
      unyielded += bytes.byteLength;
      if (unyielded < YIELD_BYTES) continue;
      unyielded = 0;
      await nextTurn();
      if (signal.aborted) return;
    }
  }

  /** Adds no wait of its own to those of the source: this is called for every chunk. */
  #readInput(options: { readonly signal: AbortSignal }): Promise<Uint8Array | null> | Uint8Array | null {
    try {
      const reading = this.#source.read(options);
      return reading instanceof Promise ? this.#waitAtInput(reading, options.signal) : reading;
    } catch (error) {
      throw inputFailure(error, options.signal);
    }
  }

  async #waitAtInput(reading: Promise<Uint8Array | null>, signal: AbortSignal): Promise<Uint8Array | null> {
    this.#isAtInput = true;
    if (!this.#isReceiving) this.#waitForInput();
    try {
      return await reading;
    } catch (error) {
      throw inputFailure(error, signal);
    } finally {
      this.#isAtInput = false;
      clearTimeout(this.#patience);
    }
  }

  async #receive(signal: AbortSignal): Promise<void> {
    const { onBytes, keepOpen = false } = this.#options;
    const buffer = Buffer.allocUnsafeSlow(RECEIVE_BUFFER_SIZE);
    for (;;) {
      const length = await this.#conn.readInto(buffer);
      if (length === null) break;
      const bytes = buffer.subarray(0, length);
      onBytes?.("received", bytes);
      await writeOutput(this.#sink, bytes, signal);
      this.#received += length;
      this.#idle.touch();
    }
    this.#isReceiving = false;
    if (keepOpen === false || !this.#isSending) this.#finish(this.#endByPeer());
    else if (this.#isAtInput) this.#waitForInput();
  }

  #endByPeer(): Outcome {
    const isCut = this.#sendFailure !== null && this.#options.keepOpen === true;
    return isCut ? { error: this.#sendFailure } : { endedBy: "peer" };
  }

  /** The peer has ended its side: the input is waited for only so long. */
  #waitForInput(): void {
    const { keepOpen } = this.#options;
    if (typeof keepOpen === "number") this.#patience = setTimeout(() => this.#finish(this.#endByPeer()), keepOpen);
  }

  #quitLater(): void {
    const { quitAfter } = this.#options;
    if (quitAfter === undefined) return;
    this.#patience = setTimeout(() => this.#finish({ endedBy: "quit" }), quitAfter);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
