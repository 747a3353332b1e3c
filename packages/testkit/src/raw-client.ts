import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** How long an expectation waits, in milliseconds. */
const TIMEOUT = 5000;

/** Where to connect: what `serve` and `listen` give as `addr` will do. */
export interface RawTarget {
  readonly host: string;
  readonly port: number;
  readonly path?: string | undefined;
}

/**
 * A TCP or Unix-socket client on `node:net` alone, for tests that must not trust our own net.
 *
 * Half-open: the end of the peer's stream does not end ours.
 */
export class RawClient {
  /** The socket, for what is not covered here. */
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isEnded = false;
  #error: Error | undefined;
  #onChange: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#onChange?.();
    });
    socket.on("end", () => {
      this.#isEnded = true;
      this.#onChange?.();
    });
    socket.on("error", (error) => {
      this.#error = error;
      this.#onChange?.();
    });
    socket.on("close", () => this.#onChange?.());
  }

  /** Connects; rejects with the system's error. */
  static async connect({ host, port, path }: RawTarget): Promise<RawClient> {
    const target = path ? { path } : { host, port };
    const socket = connect({ ...target, allowHalfOpen: true, noDelay: true });
    await once(socket, "connect");
    return new RawClient(socket);
  }

  /** What has arrived and was not taken, one character a byte. */
  get received(): string {
    return this.#received.toString("latin1");
  }

  /** Whether the peer has ended its stream. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The error that broke the connection, such as a reset. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Sends bytes, or text as UTF-8. */
  send(data: Uint8Array | string): void {
    this.socket.write(data);
  }

  /** Ends the write half. */
  end(): void {
    this.socket.end();
  }

  /** Resets the connection. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Takes nothing from the kernel any more, so that the peer's writes fill up. */
  pause(): void {
    this.socket.pause();
  }

  /** Goes on after {@link pause}. */
  resume(): void {
    this.socket.resume();
  }

  /** Takes the next `length` bytes. */
  async take(length: number): Promise<Buffer> {
    await this.#until(() => this.#received.length >= length, `${length} bytes`);
    return this.#cut(length);
  }

  /** Takes the next line as text, without its LF or CRLF. */
  async takeLine(): Promise<string> {
    await this.#until(() => this.#received.includes(0x0a), "a line");
    return this.#cut(this.#received.indexOf(0x0a) + 1)
      .toString()
      .replace(/\r?\n$/, "");
  }

  /** Waits for the end of the peer's stream and takes all that is left. */
  async takeAll(): Promise<Buffer> {
    await this.#until(() => this.#isEnded, "the end of the stream");
    return this.#cut(this.#received.length);
  }

  /** Waits until the peer has reset the connection. */
  async takeReset(): Promise<void> {
    await this.#until(() => this.#error !== undefined, "a reset");
    const { code } = this.#error as NodeJS.ErrnoException;
    if (code !== "ECONNRESET" && code !== "EPIPE") throw new Error(`Expected a reset, got ${code}`);
  }

  /** Releases the socket. Idempotent. */
  async close(): Promise<void> {
    if (this.socket.closed) return;
    const isClosed = once(this.socket, "close");
    this.socket.destroy();
    await isClosed;
  }

  #cut(length: number): Buffer {
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return bytes;
  }

  /** Resolves on `isSo`; rejects when the stream is over before, or after five seconds. */
  async #until(isSo: () => boolean, what: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const fail = (why: string) =>
          reject(new Error(`Expected ${what}: ${why}; received "${this.received}"`, { cause: this.#error }));
        this.#onChange = () => {
          if (isSo()) resolve();
          else if (this.#error !== undefined) fail("the connection broke");
          else if (this.#isEnded || this.socket.destroyed) fail("the stream ended");
        };
        timer = setTimeout(fail, TIMEOUT, `nothing more came for ${TIMEOUT} ms`);
        this.#onChange();
      });
    } finally {
      clearTimeout(timer);
      this.#onChange = undefined;
    }
  }
}
