import type { Writable } from "node:stream";

/** How long a gathered line may wait, in milliseconds. */
const LONGEST_WAIT = 10;
/** Bytes written at a time: what a pipe takes whole or not at all, for workers share one (PIPE_BUF, pipe(7)). */
const MOST_AT_ONCE = 4096;
/** Bytes that wait for a reader; and beyond how many nobody should write who can wait. */
const MOST_UNREAD = 1024 * 1024;
const MANY_UNREAD = 65_536;

/** Whole lines that are written at once. */
interface Piece {
  text: string;
  bytes: number;
}

/** Writes lines to a stream, each whole and in order. */
export interface LineWriter {
  /** Resolves when fewer than 64 KiB wait for the reader; `null` when it is so. */
  readonly room: Promise<void> | null;
  /** Writes a line now, behind those that were gathered. */
  write(line: string): void;
  /** Writes a line together with others, at most 10 ms later: a write of its own costs more than most lines are worth. */
  gather(line: string): void;
  /** Writes those that were gathered now. */
  flush(): void;
}

/**
 * Makes a writer to `stream`, which stays the caller's. Nothing that was gathered is lost when the process exits, be it by
 * an uncaught error. Once a reader has left 1 MiB unread, lines are dropped, and counted when it reads again. Where several
 * processes write to one pipe, lines of up to 4096 bytes never mix, however late the reader is.
 *
 * @param nameDropped the line for so many that were dropped. Lines end with a newline.
 */
export function createLineWriter(stream: Writable, nameDropped: (count: number) => string): LineWriter {
  return new GatheringWriter(stream, nameDropped);
}

class GatheringWriter implements LineWriter {
  readonly #stream: Writable;
  readonly #nameDropped: (count: number) => string;
  readonly #onTime = (): void => this.flush();
  readonly #onWritten = (error?: Error | null): void => {
    if (error) this.#discardWaiting();
    else this.#writeWaiting();
  };
  #text = "";
  #bytes = 0;
  #lines = 0;
  #timer: NodeJS.Timeout | undefined;
  /** What waits for the stream: it would write all it holds at once, and of that a pipe may take a part. */
  #waiting: Piece[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #room: Promise<void> | null = null;
  #onRoom: () => void = () => {};

  constructor(stream: Writable, nameDropped: (count: number) => string) {
    this.#stream = stream;
    this.#nameDropped = nameDropped;
  }

  get room(): Promise<void> | null {
    if (this.#waitingBytes < MANY_UNREAD) return null;
    this.#room ??= new Promise((resolve) => (this.#onRoom = resolve));
    return this.#room;
  }

  write(line: string): void {
    this.flush();
    this.#put(line, 1);
  }

  gather(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.#bytes + bytes > MOST_AT_ONCE) this.flush();
    if (this.#lines === 0) {
      this.#timer = setTimeout(this.#onTime, LONGEST_WAIT);
      process.once("exit", this.#onTime);
    }
    this.#text += line;
    this.#bytes += bytes;
    this.#lines += 1;
  }

  flush(): void {
    if (this.#lines === 0) return;
    clearTimeout(this.#timer);
    process.off("exit", this.#onTime);
    const [text, lines] = [this.#text, this.#lines];
    [this.#text, this.#bytes, this.#lines] = ["", 0, 0];
    this.#put(text, lines);
  }

  #put(text: string, lines: number): void {
    if (this.#dropped > 0 || this.#waitingBytes > MOST_UNREAD) {
      this.#dropped += lines;
      return;
    }
    if (this.#waiting.length === 0 && this.#stream.writableLength === 0) return void this.#stream.write(text);
    if (this.#waiting.length === 0) this.#awaitStream();
    this.#wait(text);
  }

  #wait(text: string): void {
    const bytes = Buffer.byteLength(text);
    const last = this.#waiting.at(-1);
    if (last !== undefined && last.bytes + bytes <= MOST_AT_ONCE) {
      last.text += text;
      last.bytes += bytes;
    } else this.#waiting.push({ text, bytes });
    this.#waitingBytes += bytes;
  }

  /** Others write to the stream, too: what stands behind all it holds is told when that is out. */
  #awaitStream(): void {
    this.#stream.write("", this.#onWritten);
  }

  #writeWaiting(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#stream.writableLength > 0) return this.#awaitStream();
      this.#waiting.shift();
      this.#waitingBytes -= next.bytes;
      this.#stream.write(next.text);
      if (this.#waitingBytes < MANY_UNREAD) this.#makeRoom();
    }
    if (this.#dropped > 0) this.#tellDropped();
  }

  /** Nobody is left to read it. */
  #discardWaiting(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#dropped = 0;
    this.#makeRoom();
  }

  #makeRoom(): void {
    this.#room = null;
    this.#onRoom();
  }

  #tellDropped(): void {
    const count = this.#dropped;
    this.#dropped = 0;
    this.#put(this.#nameDropped(count), 1);
  }
}
