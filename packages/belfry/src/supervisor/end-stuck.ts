import type { Log } from "../log/log.js";
import type { Crew } from "./crew.js";

/** What the runtime's timers take. */
const LONGEST_TIMER = 0x7fff_ffff;

/**
 * Kills what is left of a crew that goes down, after `delay` milliseconds: a worker whose event loop is stuck ends neither by itself nor when it is
 * told to. Where a drain may take as long as it takes, only those that are stuck.
 */
export function endStuck(crew: Crew, delay: number, log: Log): void {
  const isLimited = crew.plan.shutdownTimeout > 0;
  const kill = (): void => {
    for (const worker of crew.workers.filter(({ isMute }) => isLimited || isMute)) {
      const text = `worker ${worker.number} (process ${worker.pid}) did not end in time and is killed`;
      log.write("warn", text, { event: "killed", worker: worker.number });
      worker.kill();
    }
  };
  const timer = setTimeout(kill, Math.min(delay, LONGEST_TIMER)).unref();
  void crew.gone.then(() => clearTimeout(timer));
}
