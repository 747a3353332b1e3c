import { closeSync, openSync } from "node:fs";
import { appendFile } from "node:fs/promises";

/** The user may write it and the group read it: it tells what people do. */
const MODE = 0o640;

/** Characters that wait while the disk hangs. */
const MAX_WAITING = 4 << 20;

/** A file that lines are added to. */
export interface LineFile {
  /** Adds a line. Returns at once; lines that come while the disk is busy are written together, and lost beyond 4 MiB of them. */
  write(line: string): void;
  /** Resolves once everything that was given to `write` is written, or could not be. */
  written(): Promise<void>;
}

/**
 * Opens the file for each batch of lines anew, so that one that was moved away is begun afresh, and a disk that was full
 * is used again when it no longer is.
 *
 * @param onError told when lines are lost; once, until lines can be written again.
 * @throws {Error} that names the file, when it cannot be written now.
 */
export function openLineFile(path: string, onError: (error: Error) => void): LineFile {
  try {
    closeSync(openSync(path, "a", MODE));
  } catch (cause) {
    throw unwritable(path, cause);
  }
  return new AppendedFile(path, onError);
}

class AppendedFile implements LineFile {
  readonly #path: string;
  readonly #onError: (error: Error) => void;
  #lines: string[] = [];
  /** Characters in them. */
  #waiting = 0;
  /** Lines lost since the disk was last quick enough. */
  #lost = 0;
  #writing: Promise<void> | null = null;
  #hasFailed = false;

  constructor(path: string, onError: (error: Error) => void) {
    this.#path = path;
    this.#onError = onError;
  }

  write(line: string): void {
    if (this.#waiting + line.length > MAX_WAITING) {
      if (this.#lost === 0) this.#onError(new Error(`Cannot write transfer log "${this.#path}": the disk is too slow`));
      this.#lost += 1;
      return;
    }
    this.#lines.push(line);
    this.#waiting += line.length;
    this.#writing ??= this.#writeAll();
  }

  async written(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#lines.length > 0) {
      const text = `${this.#lines.join("\n")}\n`;
      const lost = this.#lost;
      this.#lines = [];
      this.#waiting = 0;
      this.#lost = 0;
      try {
        await appendFile(this.#path, text, { mode: MODE });
        this.#hasFailed = false;
        if (lost > 0) this.#onError(new Error(`Cannot write transfer log "${this.#path}": ${lost} lines were lost`));
      } catch (cause) {
        // Not kept: while a disk is full there would be ever more of them.
        if (!this.#hasFailed) this.#onError(unwritable(this.#path, cause));
        this.#hasFailed = true;
      }
    }
    this.#writing = null;
  }
}

function unwritable(path: string, cause: unknown): Error {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new Error(`Cannot write transfer log "${path}": ${code ?? message}`, { cause });
}
