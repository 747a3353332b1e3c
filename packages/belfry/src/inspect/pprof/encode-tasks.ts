import { describeMissing } from "../describe-missing.js";
import type { TaskStatus } from "../host-view.js";
import { orderTasks, stackOf } from "../task-tree.js";
import { ProfileBuilder } from "./profile-builder.js";

/**
 * Writes the live tasks as a goroutine profile in pprof's format, compressed: how many tasks wait where. A stack is the
 * path of names from the server to the task, and innermost what it waits for; tasks alike are one sample. Each has its
 * worker as its label `worker`.
 *
 * @param tasks as they are listed.
 * @param missing numbers of workers whose tasks are not among them, told in a comment.
 */
export function encodeTasks(tasks: readonly TaskStatus[], missing?: readonly number[]): Uint8Array {
  const builder = new ProfileBuilder();
  const groups = new Map<string, { stack: string[]; worker: number; count: number }>();
  for (const node of orderTasks(tasks)) {
    const { worker } = node.task;
    const stack = stackOf(node);
    const key = JSON.stringify([worker, stack]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { stack, worker, count: 1 });
    else group.count += 1;
  }
  for (const { stack, worker, count } of groups.values()) {
    const frames = stack.map((name) => builder.locate({ name, file: "", startLine: 0, line: 0 }));
    builder.add(frames, [count], worker);
  }
  const measure = ["goroutine", "count"] as const;
  return builder.encode({
    measures: [measure],
    periodType: measure,
    period: 1,
    at: Date.now(),
    duration: 0,
    comment: describeMissing(missing),
  });
}
