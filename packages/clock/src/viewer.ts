import { BrokenError, type Conn } from "@belfry/net";

/** The most bytes that may wait for a client that does not read, on top of what the kernel holds for it. */
const MAX_QUEUED = 4096;

/** Between the two pieces of a probe: a round trip on most networks, and nothing to the eye. */
const PROBE_DELAY = 10;

/**
 * One client of a clock.
 *
 * A client that ends its half may go on reading, or may have gone; only sending tells. The first piece sent to one that
 * has gone is answered by a reset, and the second fails. So that it is found out in a moment rather than after two
 * more seconds, such a client gets its lines in two pieces, and the first piece of the next one at once.
 */
export class Viewer {
  readonly #conn: Conn;
  readonly #upcoming: () => Uint8Array;
  #shown = 0;
  #hasEnded = false;
  /** The line of which pieces have gone out, and how many bytes those are. */
  #line: Uint8Array | undefined;
  #sent = 0;
  /** The last write that has a handler. */
  #written: Promise<void> | undefined;
  #leave!: () => void;
  #fail!: (error: BrokenError) => void;

  /** Resolves when the client has gone or was told to leave; rejects with a `BrokenError` when it does not read. */
  readonly left: Promise<void>;

  /** @param upcoming gives the line of the next second. */
  constructor(conn: Conn, upcoming: () => Uint8Array) {
    this.#conn = conn;
    this.#upcoming = upcoming;
    this.left = new Promise((resolve, reject) => {
      this.#leave = resolve;
      this.#fail = reject;
    });
    void this.#watch();
  }

  /** Ends {@link left}. */
  readonly leave = (): void => this.#leave();

  /** Sends lines without waiting. */
  show(lines: Uint8Array): void {
    this.#shown += 1;
    if (this.#hasEnded) this.#showInPieces(lines);
    else this.#send(lines);
  }

  #showInPieces(lines: Uint8Array): void {
    const begun = this.#line;
    const isFirst = begun !== undefined && Buffer.compare(begun, lines.subarray(0, begun.length)) === 0;
    // The clock may have been set since the line was begun; it is finished all the same.
    if (begun !== undefined && !isFirst) this.#send(begun.subarray(this.#sent));
    this.#line = lines;
    this.#sendUpTo(lines.length - 1, isFirst ? this.#sent : 0);
    setTimeout(() => this.#sendUpTo(lines.length), PROBE_DELAY);
  }

  /** Takes what the client sends, to no use but to see it go. */
  async #watch(): Promise<void> {
    try {
      while ((await this.#conn.read()) !== null);
    } catch {
      this.#leave();
      return;
    }
    // Who ends its half right at the start has no input to send and stays to read, as `nc </dev/null` does.
    const line = this.#shown < 2 ? undefined : this.#upcoming();
    this.#hasEnded = true;
    if (line === undefined) return;
    this.#line = line;
    this.#sendUpTo(1, 0);
    setTimeout(() => this.#sendUpTo(2), PROBE_DELAY);
  }

  #sendUpTo(end: number, from = this.#sent): void {
    const line = this.#line;
    if (line === undefined || end <= from) return;
    this.#sent = end;
    this.#send(line.subarray(from, end));
    if (end === line.length) this.#line = undefined;
  }

  #send(bytes: Uint8Array): void {
    const { bytesQueued, remoteAddr } = this.#conn;
    if (bytesQueued > MAX_QUEUED) {
      const reason = new Error(`the peer does not read: ${bytesQueued} bytes are queued`);
      this.#fail(new BrokenError({ op: "write", remoteAddr }, reason));
      return;
    }
    const written = this.#conn.write(bytes);
    // Writes that are done at once share a promise, and ten thousand of them a second need no handler each.
    if (written === this.#written) return;
    this.#written = written;
    // A failed write means that the client has gone: that is how most clients of a clock leave.
    written.catch(this.leave);
  }
}
