import type { Task } from "./task.js";
import { tasks } from "./task.js";

/** One live task of a {@link Group}. */
export interface TaskInfo {
  /** Counts up from 1 within the process. */
  readonly id: number;
  /** What `go` was given, else the name of the task's function, else `task`. */
  readonly name: string;
  /** The name of its group. */
  readonly group: string;
  /** The id of the task that its group was made in, live or not; `undefined` when there is none or it is not known. */
  readonly parent: number | undefined;
  /** The name of that task's group, which may be known when the task is not. */
  readonly parentGroup: string | undefined;
  /** When it was started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds since then. */
  readonly age: number;
  /** The operation it waits in, such as `Channel.receive`; `undefined` when it does not wait or that is not known. */
  readonly waitingFor: string | undefined;
}

/**
 * The live tasks of all groups in this process, oldest first, as they are now.
 *
 * @param limit at most so many, the oldest. Default: all.
 * @see traceWaits for when `waitingFor` is known.
 * @example
 * ```ts
 * import { Group, liveTasks, onAbort } from "@belfry/sync";
 *
 * const group = new Group({ name: "demo" });
 * await group.go((signal) => new Promise<void>((resolve) => onAbort(signal, () => resolve())), "sleeper");
 * console.log(liveTasks().map((task) => `${task.group}/${task.name}`)); // [ "demo/sleeper" ]
 * group.cancel();
 * await group.wait();
 * ```
 */
export function liveTasks(limit: number = Number.POSITIVE_INFINITY): TaskInfo[] {
  const now = performance.now();
  const infos: TaskInfo[] = [];
  for (const task of tasks) {
    if (infos.length >= limit) break;
    infos.push(describe(task, now));
  }
  return infos;
}

/** How many live tasks there are, at no cost. */
export function countTasks(): number {
  return tasks.size;
}

function describe(task: Task, now: number): TaskInfo {
  return {
    id: task.id,
    name: task.name,
    group: task.scope.name,
    parent: task.scope.parent,
    parentGroup: task.scope.parentGroup,
    startedAt: Math.round(performance.timeOrigin + task.startedAt),
    age: now - task.startedAt,
    waitingFor: task.wait?.describeWait() ?? task.standing?.describeWait(),
  };
}
