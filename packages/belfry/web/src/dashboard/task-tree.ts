import type { TaskStatus } from "../../../src/inspect/host-view.js";

/** A node of the tree: a task, those of one service's servers in every worker, or a group whose tasks belong together. */
export interface TaskNode {
  /** Tells it from every other node, and stays from listing to listing. */
  readonly key: string;
  readonly label: string;
  /** Empty for a group. */
  readonly tasks: readonly TaskStatus[];
  readonly children: readonly TaskNode[];
  /** Tasks below it, at any depth. */
  readonly size: number;
}

/** A node as it is shown: with everything above it unfolded. */
export interface TreeRow {
  readonly node: TaskNode;
  /** From 1. */
  readonly level: number;
  /** From 1, among its siblings. */
  readonly position: number;
  readonly siblings: number;
  readonly isExpanded: boolean;
  /** The index of the row it stands under; -1 at the top. */
  readonly parent: number;
  /** How many siblings follow that are not shown; 0 except on the last that is. */
  readonly hidden: number;
}

interface Draft extends TaskNode {
  readonly tasks: TaskStatus[];
  readonly children: Draft[];
  size: number;
}

/**
 * Makes a tree of a list of tasks. At the top stand tasks that no task has started, such as servers, those of one name
 * in all workers as one. Under a task come the tasks of its own group, and its other groups with theirs.
 *
 * @param tasks oldest first; nodes are in this order. A task whose parent is not among them stands in its parent's group.
 */
export function buildTaskTree(tasks: readonly TaskStatus[]): TaskNode[] {
  const top = new Map<string, Draft>();
  const groups = new Map<string, Draft>();
  const nodes = new Map<string, Draft>();
  for (const task of tasks) {
    const id = `${task.worker}/${task.id}`;
    if (task.parent === undefined) {
      const root = entry(top, `${task.group}/${task.name}`, task.name);
      root.tasks.push(task);
      nodes.set(id, root);
      continue;
    }
    const node = draft(id, task.name);
    node.tasks.push(task);
    nodes.set(id, node);
    const parent = nodes.get(`${task.worker}/${task.parent}`);
    const group = task.parentGroup ?? task.group;
    const owner = parent === undefined ? entry(top, `${group}/`, group) : groupIn(groups, parent, task);
    owner.children.push(node);
  }
  const tree = [...top.values()];
  tree.forEach(countSize);
  return tree;
}

/**
 * The rows that are seen, in order.
 *
 * @param expanded keys of nodes that are unfolded.
 * @param limits how many children of a node are shown, by key; `limit` where there is none.
 */
export function listRows(
  tree: readonly TaskNode[],
  expanded: ReadonlySet<string>,
  limits: ReadonlyMap<string, number>,
  limit: number,
): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (nodes: readonly TaskNode[], level: number, parent: number, shown: number): void => {
    const seen = nodes.slice(0, shown);
    for (const [at, node] of seen.entries()) {
      const isExpanded = node.children.length > 0 && expanded.has(node.key);
      const hidden = at === seen.length - 1 ? nodes.length - seen.length : 0;
      rows.push({ node, level, position: at + 1, siblings: nodes.length, isExpanded, parent, hidden });
      if (isExpanded) add(node.children, level + 1, rows.length - 1, limits.get(node.key) ?? limit);
    }
  };
  add(tree, 1, -1, Number.POSITIVE_INFINITY);
  return rows;
}

/** What the tasks of a node wait for, each once: `Listener.accept 127.0.0.1:24007, unix:/run/echo.sock`. */
export function waitsOf({ tasks }: TaskNode): string {
  const places = new Map<string, Set<string>>();
  for (const { waitingFor = "" } of tasks) {
    const [, wait = "", place = ""] = /^(\S*) ?(.*)$/.exec(waitingFor) ?? [];
    places.set(wait, (places.get(wait) ?? new Set()).add(place));
  }
  const waits = [...places].map(([wait, at]) => `${wait} ${[...at].join(", ")}`.trim());
  return waits.filter((wait) => wait !== "").join("; ");
}

/** In how many workers the tasks of a node run. */
export function countWorkers({ tasks }: TaskNode): number {
  return new Set(tasks.map(({ worker }) => worker)).size;
}

function draft(key: string, label: string): Draft {
  return { key, label, tasks: [], children: [], size: 0 };
}

function entry(map: Map<string, Draft>, key: string, label: string): Draft {
  let node = map.get(key);
  if (node === undefined) map.set(key, (node = draft(key, label)));
  return node;
}

/** Where under its parent a task stands: at once when the group is called as the parent is, else in the group's own node. */
function groupIn(groups: Map<string, Draft>, parent: Draft, { group }: TaskStatus): Draft {
  if (group === parent.label) return parent;
  const key = `${parent.key}/${group}`;
  const isNew = !groups.has(key);
  const label = group.startsWith(`${parent.label} `) ? group.slice(parent.label.length + 1) : group;
  const node = entry(groups, key, label);
  if (isNew) parent.children.push(node);
  return node;
}

function countSize(node: Draft): number {
  for (const child of node.children) node.size += countSize(child) + child.tasks.length;
  return node.size;
}
