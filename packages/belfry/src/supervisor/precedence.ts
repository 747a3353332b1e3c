import { readdirSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";

/** Steps of niceness. Beside a process of ours that is busy, one so much lower has a tenth of a core. */
const STEP = 10;
/** Milliseconds. What needs more of a core than it gets so is not to take for ever. */
const PATIENCE = 10_000;

/** Who gives way to whom for a processor: those that load a configuration to those that serve. */
export class Precedence {
  #canTakeBack = false;

  /**
   * Lowers a process that will never serve, and finds out whether that can be taken back: it needs CAP_SYS_NICE or a limit on
   * niceness (RLIMIT_NICE) that allows it. Where it can, it is after ten seconds.
   *
   * @param ended settles when the process is not to be touched any more.
   */
  lower(pid: number | undefined, ended: Promise<unknown>): void {
    const ours = getPriority();
    this.#canTakeBack = set(pid, lowered(ours)) && set(pid, ours);
    if (this.#canTakeBack) this.lowerFor(pid, ended);
    else set(pid, lowered(ours));
  }

  /**
   * Lowers a process until the function it returns is called, for ten seconds at most. Does nothing where the last `lower`
   * could not have been taken back.
   */
  lowerFor(pid: number | undefined, ended: Promise<unknown>): () => void {
    const ours = getPriority();
    if (!this.#canTakeBack || !set(pid, lowered(ours))) return () => {};
    let isOver = false;
    const takeBack = (): void => {
      clearTimeout(timer);
      if (isOver) return;
      // Its main thread first: what that starts from now on is as it is.
      for (const thread of [pid, ...threadsOf(pid)]) set(thread, ours);
    };
    const timer = setTimeout(takeBack, PATIENCE).unref();
    const end = (): void => {
      isOver = true;
      clearTimeout(timer);
    };
    ended.then(end, end);
    return takeBack;
  }
}

function lowered(niceness: number): number {
  return Math.min(niceness + STEP, constants.priority.PRIORITY_LOW);
}

function set(id: number | undefined, niceness: number): boolean {
  if (id === undefined) return false;
  try {
    setPriority(id, niceness);
    return true;
  } catch {
    // It may not, or it has ended.
    return false;
  }
}

/** On Linux niceness is a thread's. */
function threadsOf(pid: number | undefined): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}
