import { BrokenError, type Conn } from "@belfry/net";

/** The most bytes that may wait for a client that does not read, on top of what the kernel holds for it. */
export const MAX_QUEUED = 4096;

/** One client of a clock. */
export class Viewer {
  readonly #conn: Conn;
  #hasEnded = false;
  #owed: Uint8Array | undefined;
  #leave!: () => void;
  #fail!: (error: BrokenError) => void;

  /** Resolves when the client has gone or was told to leave; rejects with a `BrokenError` when it does not read. */
  readonly left: Promise<void>;

  constructor(conn: Conn) {
    this.#conn = conn;
    this.left = new Promise((resolve, reject) => {
      this.#leave = resolve;
      this.#fail = reject;
    });
    void this.#watch();
  }

  /** Whether the end of the last line was held back for {@link settle}. */
  get isOwed(): boolean {
    return this.#owed !== undefined;
  }

  /** Ends {@link left}. */
  readonly leave = (): void => this.#leave();

  /**
   * Sends lines without waiting.
   *
   * A client that has ended its half may have gone altogether, and only sending tells: the first piece is answered by
   * a reset, the second fails. So that this takes a moment rather than a second, the end of the line is held back.
   */
  show(lines: Uint8Array): void {
    this.settle();
    if (!this.#hasEnded) {
      this.#send(lines);
      return;
    }
    this.#owed = lines.subarray(-1);
    this.#send(lines.subarray(0, -1));
  }

  /** Sends what was held back. */
  settle(): void {
    const owed = this.#owed;
    this.#owed = undefined;
    if (owed !== undefined) this.#send(owed);
  }

  #send(bytes: Uint8Array): void {
    const { bytesQueued, remoteAddr } = this.#conn;
    if (bytesQueued > MAX_QUEUED) {
      const reason = new Error(`the peer does not read: ${bytesQueued} bytes are queued`);
      this.#fail(new BrokenError({ op: "write", remoteAddr }, reason));
      return;
    }
    // A failed write means that the client has gone: that is how most clients of a clock leave.
    this.#conn.write(bytes).catch(this.leave);
  }

  /** Takes what the client sends, to no use but to see it go. */
  async #watch(): Promise<void> {
    try {
      while ((await this.#conn.read()) !== null);
      this.#hasEnded = true;
    } catch {
      this.#leave();
    }
  }
}
