import type { Conn } from "@belfry/net";
import { formatReply } from "../protocol/reply.js";
import type { Reply } from "../protocol/reply.js";

/** Writes the replies of a control connection, in the order of its calls. */
export class ReplyWriter {
  #conn: Conn;
  readonly #timeout: number;
  /** A reply that waits for the next one. */
  #held: Reply | null = null;
  #holding: NodeJS.Immediate | null = null;

  /** @param timeout how long a client may leave replies unread, in milliseconds; `Infinity` for ever. */
  constructor(conn: Conn, timeout: number) {
    this.#conn = conn;
    this.#timeout = timeout;
  }

  /** Goes on over another connection: the same one under TLS. Nothing may be held. */
  moveTo(conn: Conn): void {
    this.#conn = conn;
  }

  /**
   * Writes a reply. Waits only when the client leaves its replies unread.
   *
   * @throws {DeadlineError} when it does so for too long; the connection's error.
   */
  send(answer: Reply): Promise<void> {
    const conn = this.#conn;
    const held = this.#release();
    const written = conn.write(held === null ? formatReply(answer) : formatReply(held, answer));
    const mustWait = conn.bytesQueued > 0 && this.#timeout !== Number.POSITIVE_INFINITY;
    return mustWait ? this.#inTime(conn, written) : written;
  }

  async #inTime(conn: Conn, written: Promise<void>): Promise<void> {
    conn.setWriteDeadline(Date.now() + this.#timeout);
    await written;
    conn.setWriteDeadline(null);
  }

  /**
   * Sends a reply with the next one, in one segment, or alone once all that has arrived meanwhile is seen to: what a client is told of
   * a short transfer's beginning and end then costs one system call, and one that waits for the beginning waits no turn for it.
   */
  hold(answer: Reply): void {
    this.#held = answer;
    this.#holding = setImmediate(() => {
      const reply = this.#release();
      // When the connection is broken, the reader is told.
      if (reply !== null) this.send(reply).catch(() => {});
    });
  }

  #release(): Reply | null {
    const held = this.#held;
    if (held === null) return null;
    this.#held = null;
    if (this.#holding !== null) clearImmediate(this.#holding);
    this.#holding = null;
    return held;
  }
}
