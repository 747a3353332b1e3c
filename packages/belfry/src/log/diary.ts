import type { Log, LogFields, LogLevel } from "./log.js";

/** What is written before the log is there is kept for it: what a server is made from may have something to tell before the server is. */
export class Diary {
  #log: Log | null = null;
  #early: (readonly [LogLevel, string, LogFields | undefined])[] = [];

  /** As `Log.write`. */
  write(level: LogLevel, message: string, fields?: LogFields): void {
    if (this.#log === null) this.#early.push([level, message, fields]);
    else this.#log.write(level, message, fields);
  }

  /** From now on everything goes to `log`, what was written before first. */
  open(log: Log): void {
    this.#log = log;
    for (const entry of this.#early) log.write(...entry);
    this.#early = [];
  }
}
