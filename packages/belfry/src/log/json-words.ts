import { pino } from "pino";
import type { LogFields, LogLevel } from "./log.js";

/** Words a message as a line: an object with `level`, `time` (ISO 8601), the fields and `msg`. */
export type JsonWords = (level: LogLevel, message: string, fields: LogFields) => string;

/** Whether a level is written is the caller's business, as is where. */
export function createJsonWords(): JsonWords {
  let line = "";
  const logger = pino(
    {
      level: "debug",
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (text) => void (line = text) },
  );
  return (level, message, fields) => {
    logger[level](fields, message);
    return line;
  };
}
