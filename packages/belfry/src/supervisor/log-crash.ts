import type { Log } from "../log/log.js";
import type { WorkerProcess } from "./worker-process.js";

/** Tells of a worker that has ended unasked, or could not take the place of such a one. @param delay milliseconds until the next one starts. */
export function logCrash(log: Log, worker: WorkerProcess, how: string, delay: number): void {
  const { number, pid, connections, hasServed, thrown } = worker;
  const lost = connections === 1 ? "1 connection" : `${connections} connections`;
  const who = pid === undefined ? `worker ${number}` : `worker ${number} (process ${pid})`;
  const cause = thrown === null ? "" : `, ${thrown}`;
  const why = how.replace(/^Cannot start worker \d+: /, "");
  const text = hasServed
    ? `${who} ended unasked: ${how}${cause}; about ${lost} lost`
    : `${who} could not start: ${why}`;
  const next = delay === 0 ? "" : `; the next one starts in ${delay} ms`;
  const event = hasServed ? "crashed" : "startFailed";
  log.write("error", text + next, {
    event,
    worker: number,
    how,
    ...(thrown !== null && { thrown }),
    connections,
    delay,
  });
}
