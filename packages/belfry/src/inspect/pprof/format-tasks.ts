import { formatAge } from "../../text/format-age.js";
import { describeMissing } from "../describe-missing.js";
import type { TaskStatus } from "../host-view.js";
import { orderTasks, stackOf, type TaskNode } from "../task-tree.js";

/**
 * Writes the live tasks as text, as Go does its goroutines.
 *
 * @param tasks as they are listed.
 * @param detail 1: what tasks wait for and where, tasks alike counted as one, the most first; 2: each task with its age
 * and its parents up to the server.
 * @param missing numbers of workers whose tasks are not among them, told in the first line.
 */
export function formatTasks(tasks: readonly TaskStatus[], detail: 1 | 2, missing?: readonly number[]): string {
  const notShown = describeMissing(missing);
  const nodes = orderTasks(tasks);
  const blocks = detail === 1 ? formatGroups(nodes) : nodes.map(formatTask);
  const head = notShown === null ? "" : `${notShown}\n\n`;
  return `${head}${blocks.join("\n")}${detail === 1 || blocks.length > 0 ? "" : "no tasks\n"}`;
}

function formatGroups(nodes: readonly TaskNode[]): string[] {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const stack = stackOf(node).map((frame) => `#\t${frame}\n`);
    counts.set(stack.join(""), (counts.get(stack.join("")) ?? 0) + 1);
  }
  const groups = [...counts].sort(([, a], [, b]) => b - a);
  return [`task profile: total ${nodes.length}\n`, ...groups.map(([stack, count]) => `${count} @\n${stack}`)];
}

function formatTask(node: TaskNode): string {
  const { id, worker, waitingFor, age } = node.task;
  const where = worker === 0 ? "" : ` of worker ${worker}`;
  const lines = [`task ${id}${where} [${waitingFor ?? "waiting"}], ${formatAge(age)} old:`, describe(node.task)];
  let last = node;
  for (let at = node.parent; at !== null; at = at.parent) {
    lines.push(`started by task ${at.task.id} ${describe(at.task)}`);
    last = at;
  }
  if (last.task.parentGroup !== undefined) lines.push(`started in group ${last.task.parentGroup}`);
  return `${lines.join("\n")}\n`;
}

function describe({ name, group }: TaskStatus): string {
  return `${name} (group ${group})`;
}
