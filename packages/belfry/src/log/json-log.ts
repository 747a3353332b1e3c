import type { Writable } from "node:stream";
import { pino } from "pino";
import { createLineWriter } from "./line-writer.js";
import { includesLevel, type Log, type LogLevel } from "./log.js";
import { nameDropped } from "./name-dropped.js";

/** A log for machines: an object a line with `level`, `time` (ISO 8601), the fields and `msg`. */
export function createJsonLog(level: LogLevel, stream: Writable): Log {
  let line = "";
  // Worded only: when it is written is the line writer's business.
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (text) => void (line = text) },
  );
  const lines = createLineWriter(stream, (dropped) => {
    const fields = { event: "dropped", dropped };
    logger.error(fields, nameDropped(dropped));
    return line;
  });
  return {
    writes: (other) => includesLevel(level, other),
    write(other, message, fields = {}) {
      if (!includesLevel(level, other)) return;
      logger[other](fields, message);
      lines.write(line);
    },
    gather(other, message, fields) {
      if (!includesLevel(level, other)) return;
      logger[other](fields(), message);
      lines.gather(line);
    },
  };
}
