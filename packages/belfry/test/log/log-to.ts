import { includesLevel, type Log, type LogLevel } from "../../src/log/log.js";

/**
 * A log in memory: what it writes is given to `write`, at once.
 *
 * @param level default all.
 */
export function logTo(write: Log["write"], level: LogLevel = "debug"): Log {
  const writes = (other: LogLevel): boolean => includesLevel(level, other);
  const writeLevel: Log["write"] = (other, ...rest) => {
    if (writes(other)) write(other, ...rest);
  };
  return { writes, write: writeLevel, gather: (other, message, fields) => writeLevel(other, message, fields()) };
}

/** A log that writes nothing. */
export const SILENT: Log = { writes: () => false, write: () => {}, gather: () => {} };
