import type { Writable } from "node:stream";
import { pino } from "pino";
import { includesLevel, type Log, type LogLevel } from "./log.js";

/** A log for machines: an object a line with `level`, `time` (ISO 8601), the fields and `msg`. */
export function createJsonLog(level: LogLevel, stream: Writable): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return {
    writes: (other) => includesLevel(level, other),
    write: (other, message, fields = {}) => logger[other](fields, message),
  };
}
