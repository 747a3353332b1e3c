import type { TaskStatus } from "./host-view.js";

/** A live task among the others of its worker. */
export interface TaskNode {
  readonly task: TaskStatus;
  /** The task its group was made in, when that is among those listed. */
  readonly parent: TaskNode | null;
  readonly children: TaskNode[];
}

/**
 * Puts tasks in order from servers to connections to what these have under way.
 *
 * @param tasks parents before their children, as they are listed.
 * @returns every one of them, each followed by its children.
 */
export function orderTasks(tasks: readonly TaskStatus[]): TaskNode[] {
  const nodes = new Map<string, TaskNode>();
  const roots: TaskNode[] = [];
  for (const task of tasks) {
    const parent = (task.parent !== undefined && nodes.get(`${task.worker}/${task.parent}`)) || null;
    const node: TaskNode = { task, parent, children: [] };
    nodes.set(`${task.worker}/${task.id}`, node);
    (parent?.children ?? roots).push(node);
  }
  const ordered: TaskNode[] = [];
  const left = roots.toReversed();
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    ordered.push(node);
    for (let index = node.children.length - 1; index >= 0; index--) left.push(node.children[index] as TaskNode);
  }
  return ordered;
}

/**
 * What a task has in common with others like it, the innermost first: what it waits for, its name, its parents' names;
 * numbers and addresses taken out.
 */
export function stackOf(node: TaskNode): string[] {
  const stack = [kindOfWait(node.task.waitingFor)];
  let last = node;
  for (let at: TaskNode | null = node; at !== null; at = at.parent) {
    stack.push(kindOfName(at.task.name));
    last = at;
  }
  stack.push(kindOfName(last.task.parentGroup ?? last.task.group));
  return stack;
}

/** Such as `echo#*` for `echo#2-17`. */
function kindOfName(name: string): string {
  return name.replaceAll(/\d+(?:-\d+)?/g, "*");
}

/** Such as `Conn.read` for `Conn.read 127.0.0.1:5000`. */
function kindOfWait(wait: string | undefined): string {
  return wait === undefined ? "(waiting)" : wait.replace(/ (?:\S+:\d+|unix:.*|pipe)$/, "");
}
