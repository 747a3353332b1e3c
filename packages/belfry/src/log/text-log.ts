import type { Writable } from "node:stream";
import { createLineWriter } from "./line-writer.js";
import { includesLevel, type Log, type LogLevel } from "./log.js";
import { nameDropped } from "./name-dropped.js";

/** A log for people: the message alone, a line each. */
export function createTextLog(level: LogLevel, stream: Writable): Log {
  const lines = createLineWriter(stream, (count) => `${nameDropped(count)}\n`);
  return {
    writes: (other) => includesLevel(level, other),
    write(other, message) {
      if (includesLevel(level, other)) lines.write(`${message}\n`);
    },
    gather(other, message) {
      if (includesLevel(level, other)) lines.gather(`${message}\n`);
    },
  };
}
