import type { Writable } from "node:stream";
import { createJsonLog } from "./json-log.js";
import type { Log, LogFormat, LogLevel } from "./log.js";
import { createTextLog } from "./text-log.js";

/** Makes a log that writes to `stream`, which stays the caller's. */
export function createLog(format: LogFormat, level: LogLevel, stream: Writable): Log {
  return format === "json" ? createJsonLog(level, stream) : createTextLog(level, stream);
}
