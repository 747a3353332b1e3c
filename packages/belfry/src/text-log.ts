import type { Writable } from "node:stream";
import { includesLevel, type Log, type LogLevel } from "./log.js";

/** A log for people: the message alone, a line each. */
export function createTextLog(level: LogLevel, stream: Writable): Log {
  return {
    writes: (other) => includesLevel(level, other),
    write(other, message) {
      if (includesLevel(level, other)) stream.write(`${message}\n`);
    },
  };
}
