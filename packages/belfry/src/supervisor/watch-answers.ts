import type { Log } from "../log/log.js";
import type { WorkerProcess } from "./worker-process.js";

const INTERVAL = 1000;

/** Tells `log` of a worker that is stuck, and of its return. @returns what to end it with: an interval. */
export function watchAnswers(worker: WorkerProcess, log: Log): NodeJS.Timeout {
  let wasMute = false;
  const look = (): void => {
    const { isMute, number, pid } = worker;
    if (isMute === wasMute) return;
    wasMute = isMute;
    const text = `worker ${number} (process ${pid}) ${isMute ? "does not answer: its event loop is stuck" : "answers again"}`;
    log.write("warn", text, { event: isMute ? "muted" : "unmuted", worker: number });
  };
  return setInterval(look, INTERVAL).unref();
}
