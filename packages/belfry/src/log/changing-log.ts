import type { Writable } from "node:stream";
import { createLog } from "./create-log.js";
import type { Log, LogFormat, LogLevel } from "./log.js";

/** A log whose format and level can change while others write to it. */
export interface ChangingLog extends Log {
  /** What is written from then on is in that format, and of that level. */
  change(format: LogFormat, level: LogLevel): Promise<void>;
}

/** Makes a log as {@link createLog} does, that can change. Who asks what it `writes` has to ask again. */
export async function createChangingLog(format: LogFormat, level: LogLevel, stream: Writable): Promise<ChangingLog> {
  let log = await createLog(format, level, stream);
  let now = `${format} ${level}`;
  return {
    writes: (other) => log.writes(other),
    write: (other, message, fields) => log.write(other, message, fields),
    gather: (other, message, fields) => log.gather(other, message, fields),
    async change(nextFormat, nextLevel) {
      const next = `${nextFormat} ${nextLevel}`;
      if (next === now) return;
      log = await createLog(nextFormat, nextLevel, stream);
      now = next;
    },
  };
}
