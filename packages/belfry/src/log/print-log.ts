import type { Writable } from "node:stream";
import type { LineWriter } from "./line-writer.js";
import type { LogFields } from "./log.js";
import type { JsonWords } from "./json-words.js";
import type { PrintedLine, Prints } from "./prints.js";

/**
 * A log for machines of what processes print, whatever the level: what is on standard error is a `warn`, what is on standard
 * output an `info`, both with the event `printed`.
 */
export class PrintLog {
  readonly #words: JsonWords;
  readonly #lines: LineWriter;

  /** @param stream stays the caller's. */
  static async create(stream: Writable): Promise<PrintLog> {
    const [{ createJsonWords }, { createJsonLines }] = await Promise.all([
      import("./json-words.js"),
      import("./json-log.js"),
    ]);
    const words = createJsonWords();
    return new PrintLog(words, createJsonLines(stream, words));
  }

  private constructor(words: JsonWords, lines: LineWriter) {
    this.#words = words;
    this.#lines = lines;
  }

  /** Of the processes that `fields` name. */
  from(fields: LogFields): Prints {
    const lines = this.#lines;
    const word = (line: PrintedLine): string => this.#word(line, fields);
    return {
      write(printed) {
        // A write of its own for each costs more than the rest.
        for (const line of printed) lines.gather(word(line));
        lines.flush();
      },
      get room() {
        return lines.room;
      },
    };
  }

  #word({ stream, text, isCut }: PrintedLine, from: LogFields): string {
    const fields = { event: "printed", ...from, stream, ...(isCut && { isCut }) };
    return this.#words(stream === "stderr" ? "warn" : "info", text, fields);
  }
}
