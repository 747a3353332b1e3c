import type { ProcessStatus } from "./host-view.js";

/** What a process knows of itself without having measured before. */
export type ProcessUse = Pick<ProcessStatus, "cpuSeconds" | "memory">;

/** What this process has used so far. */
export function readUse(): ProcessUse {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  return {
    cpuSeconds: { user: user / 1e6, system: system / 1e6 },
    memory: { rss, heapUsed, heapTotal, external },
  };
}
