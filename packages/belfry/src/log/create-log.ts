import type { Writable } from "node:stream";
import type { Log, LogFormat, LogLevel } from "./log.js";
import { createTextLog } from "./text-log.js";

/** Makes a log that writes to `stream`, which stays the caller's. What it needs is loaded now: a log for people needs little. */
export async function createLog(format: LogFormat, level: LogLevel, stream: Writable): Promise<Log> {
  if (format === "text") return createTextLog(level, stream);
  const { createJsonLog } = await import("./json-log.js");
  return createJsonLog(level, stream);
}
