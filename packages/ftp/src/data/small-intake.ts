import { fill } from "@belfry/net";
import type { Conn, FillTarget } from "@belfry/net";
import { hotMemory } from "./hot-memory.js";
import type { Writes } from "./writes.js";

/** A piece of this size shows that bytes come in bulk; a TLS record holds no more than 16 KiB. */
export const BULK_SIZE = 8_192;
/** What is read at a time: as much as a connection gives that does not read in bulk. */
const ROOM = 65_536;

const over = new Error("it is no small upload any more");

/**
 * Takes in what is small while the storage writes at once: through memory that all uploads share, and with no promise for each
 * piece, so that a small file costs neither memory of its own nor a turn of the microtask queue.
 */
export class SmallIntake implements FillTarget {
  readonly #conn: Conn;
  readonly #writes: Writes;
  readonly #onBytes: (bytes: Uint8Array) => void;
  readonly #room = hotMemory(ROOM);
  #isBulk = false;

  /** @param onBytes told of what arrived, in order; lent until it returns. */
  constructor(conn: Conn, writes: Writes, onBytes: (bytes: Uint8Array) => void) {
    this.#conn = conn;
    this.#writes = writes;
    this.#onBytes = onBytes;
  }

  /** Whether a lot came at once last: more of it is not for here. */
  get isBulk(): boolean {
    return this.#isBulk;
  }

  /** Reads until the end of the stream, or until that is not how to read it. @returns whether the stream has ended. */
  async run(): Promise<boolean> {
    // Under TLS, memory that is offered has the socket taken over from its stream.
    if (this.#conn.tls !== null || !this.#isWelcome()) return false;
    try {
      await fill(this.#conn, this);
      return true;
    } catch (error) {
      if (error !== over) throw error;
      return false;
    }
  }

  room(): Uint8Array {
    if (this.#isBulk || !this.#isWelcome()) throw over;
    return this.#room;
  }

  filled(length: number): void {
    const bytes = this.#room.subarray(0, length);
    this.#onBytes(bytes);
    this.#isBulk = length >= BULK_SIZE;
    // It has become slow since: the others need the memory.
    if (!this.#writes.tryNow(bytes)) this.#writes.start(Buffer.from(bytes));
  }

  #isWelcome(): boolean {
    return this.#writes.count === 0 && this.#writes.isPrompt;
  }
}
