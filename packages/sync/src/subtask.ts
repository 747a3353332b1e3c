import { addTask, currentTask, enterTask, GroupScope, removeTask, traceSource, traceWait } from "./task.js";
import type { Task } from "./task.js";

/**
 * Runs a part of the current task under a name of its own, as a task below it on the list of live tasks: the reader of a
 * connection, say. Outside of a task it only calls `run`, and costs nothing.
 *
 * It is no task of a Group: it does not outlive whoever awaits it, and its error is the caller's.
 *
 * @param source what it waits on again and again, where that can say so: the connection it reads.
 * @returns what `run` returns.
 * @example
 * ```ts
 * import { Channel, Group, liveTasks, subtask } from "@belfry/sync";
 *
 * const lines = new Channel<string>();
 * const group = new Group({ name: "sessions" });
 * await group.go(() => subtask("reader", async () => void (await lines.receive())), "session 1");
 * console.log(liveTasks().map((task) => `${task.group}/${task.name}`)); // [ "sessions/session 1", "session 1/reader" ]
 * lines.close();
 * await group.wait();
 * ```
 */
export function subtask<T>(name: string, run: () => Promise<T>, source?: unknown): Promise<T> {
  const parent = currentTask();
  return parent === undefined ? run() : runBelow(parent, name, run, source);
}

async function runBelow<T>(parent: Task, name: string, run: () => Promise<T>, source: unknown): Promise<T> {
  const task = addTask(new GroupScope(parent.name, parent, undefined), name);
  let isOver = false;
  traceWait({ describeWait: () => (isOver ? undefined : `task ${name}`) });
  try {
    return await enterTask(task, () => {
      traceSource(source);
      return run();
    });
  } finally {
    isOver = true;
    removeTask(task);
  }
}
