import type { LogFormat, Log } from "../log/log.js";

/** Characters of an error that are told. */
const MAX_REASON = 300;
const MAX_STACK = 8192;

/** Who is told of what ends this process. */
export interface ThrownSink {
  readonly worker: number;
  readonly format: LogFormat;
  readonly log: Log;
  /** Given it in one line. */
  readonly tell: (thrown: string) => void;
}

/**
 * From now on an error that nobody catches is told before it ends this process, as it does without. Where the log is for
 * machines it is a line of it, in place of what the runtime prints; handlers of a module's own go first, and may go on.
 */
export function reportThrown({ worker, format, log, tell }: ThrownSink): void {
  process.on("uncaughtExceptionMonitor", (error: unknown) => {
    if (process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback()) return;
    const thrown = inOneLine(error);
    tell(thrown);
    // A report that was asked for is written by the runtime, behind its own lines.
    if (format === "text" || process.report?.reportOnUncaughtException) return;
    const stack = error instanceof Error ? { stack: String(error.stack).slice(0, MAX_STACK) } : null;
    log.write("error", `worker ${worker} threw: ${thrown}`, { event: "thrown", worker, error: thrown, ...stack });
    // As the runtime would.
    process.exit(1);
  });
}

/** An error, or whatever was thrown, in one line without what would steer a terminal. */
export function inOneLine(error: unknown): string {
  const line = inWords(error).replaceAll(/\s*\p{Cc}+\s*/gu, " ");
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON - 1)}…` : line;
}

function inWords(error: unknown): string {
  try {
    return String(error);
  } catch {
    return "something that cannot be shown";
  }
}
