import type { Writable } from "node:stream";

/** How long a gathered line may wait, in milliseconds. */
const LONGEST_WAIT = 10;
/** Bytes written at a time: what a pipe takes whole or not at all, for workers share one (PIPE_BUF, pipe(7)). */
const MOST_AT_ONCE = 4096;
/** Bytes that wait for a reader. */
const MOST_UNREAD = 1024 * 1024;

/** Writes lines to a stream, each whole and in order. */
export interface LineWriter {
  /** Writes a line now, behind those that were gathered. */
  write(line: string): void;
  /** Writes a line together with others, at most 10 ms later: a write of its own costs more than most lines are worth. */
  gather(line: string): void;
}

/**
 * Makes a writer to `stream`, which stays the caller's. Nothing that was gathered is lost when the process exits, be it by
 * an uncaught error. Once a reader has left 1 MiB unread, lines are dropped, and counted when it reads again.
 *
 * @param nameDropped the line for so many that were dropped. Lines end with a newline.
 */
export function createLineWriter(stream: Writable, nameDropped: (count: number) => string): LineWriter {
  return new GatheringWriter(stream, nameDropped);
}

class GatheringWriter implements LineWriter {
  readonly #stream: Writable;
  readonly #nameDropped: (count: number) => string;
  readonly #flush = (): void => this.#writeGathered();
  #text = "";
  #bytes = 0;
  #lines = 0;
  #timer: NodeJS.Timeout | undefined;
  #dropped = 0;

  constructor(stream: Writable, nameDropped: (count: number) => string) {
    this.#stream = stream;
    this.#nameDropped = nameDropped;
  }

  write(line: string): void {
    this.#writeGathered();
    this.#put(line, 1);
  }

  gather(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.#bytes + bytes > MOST_AT_ONCE) this.#writeGathered();
    if (this.#lines === 0) {
      this.#timer = setTimeout(this.#flush, LONGEST_WAIT);
      process.once("exit", this.#flush);
    }
    this.#text += line;
    this.#bytes += bytes;
    this.#lines += 1;
  }

  #writeGathered(): void {
    if (this.#lines === 0) return;
    clearTimeout(this.#timer);
    process.off("exit", this.#flush);
    const [text, lines] = [this.#text, this.#lines];
    [this.#text, this.#bytes, this.#lines] = ["", 0, 0];
    this.#put(text, lines);
  }

  #put(text: string, lines: number): void {
    if (this.#dropped > 0 || this.#stream.writableLength > MOST_UNREAD) return this.#drop(lines);
    this.#stream.write(text);
  }

  #drop(lines: number): void {
    if (this.#dropped === 0) this.#stream.once("drain", () => this.#tellDropped());
    this.#dropped += lines;
  }

  #tellDropped(): void {
    const count = this.#dropped;
    this.#dropped = 0;
    this.#stream.write(this.#nameDropped(count));
  }
}
