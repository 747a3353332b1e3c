/** From the gravest to the chattiest; a log writes its own level and what is graver. */
export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `text`: one message a line, for people. `json`: one object a line, with fields. */
export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** What a message is about, for those who search: plain values by name. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Where commands tell people what happens. The message says everything; the fields say it again for machines. */
export interface Log {
  /** Whether messages of this level are written: making one costly to word can be left out otherwise. */
  writes(level: LogLevel): boolean;
  /** Writes a message now. */
  write(level: LogLevel, message: string, fields?: LogFields): void;
  /**
   * Writes a message at most 10 ms later, together with others, and in order: for what there can be a line of for each
   * connection.
   *
   * @param fields asked only where they are written.
   */
  gather(level: LogLevel, message: string, fields: () => LogFields): void;
}

/** Whether a log that writes `level` writes a message of `other`. */
export function includesLevel(level: LogLevel, other: LogLevel): boolean {
  return LOG_LEVELS.indexOf(other) <= LOG_LEVELS.indexOf(level);
}
