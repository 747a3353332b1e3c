import type { Log, LogFields, LogLevel } from "./log.js";
import { formatSpan } from "../text/format-span.js";

/** Messages of one kind in one interval, in milliseconds. */
const MOST = 20;
const INTERVAL = 10_000;

/** What strangers can make happen as often as they like. */
export interface Burst {
  readonly level: LogLevel;
  /** What happened, without to whom: `echo refused: full`. */
  readonly what: string;
  /** Of the line that stands for many. */
  readonly fields: LogFields;
}

/** A log for bursts: so many messages of a kind at once, and then a line that counts the others. */
export interface BurstLog {
  write(burst: Burst, message: string, fields: LogFields): void;
  /** Tells of what was left out. */
  flush(): void;
}

interface Count {
  startedAt: number;
  seen: number;
  readonly burst: Burst;
  timer: NodeJS.Timeout | undefined;
}

/** Writes to `log` at most 20 messages of a kind in 10 seconds, and at their end how many more there were. */
export function limitBursts(log: Log): BurstLog {
  const counts = new Map<string, Count>();
  const tell = (count: Count): void => {
    clearTimeout(count.timer);
    counts.delete(count.burst.what);
    const { level, what, fields } = count.burst;
    const more = count.seen - MOST;
    if (more <= 0) return;
    const span = formatSpan(Date.now() - count.startedAt);
    log.write(level, `${what} ${more} times more in ${span}`, { ...fields, more });
  };
  return {
    write(burst, message, fields) {
      if (!log.writes(burst.level)) return;
      const now = Date.now();
      const known = counts.get(burst.what);
      if (known !== undefined && known.timer === undefined && now - known.startedAt >= INTERVAL)
        counts.delete(burst.what);
      const count = counts.get(burst.what) ?? { startedAt: now, seen: 0, burst, timer: undefined };
      counts.set(burst.what, count);
      count.seen += 1;
      if (count.seen <= MOST) log.write(burst.level, message, fields);
      else count.timer ??= setTimeout(() => tell(count), Math.max(0, INTERVAL - (now - count.startedAt))).unref();
    },
    flush() {
      for (const count of counts.values()) tell(count);
    },
  };
}
