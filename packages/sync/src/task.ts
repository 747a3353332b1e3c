import { AsyncLocalStorage } from "node:async_hooks";

/** What tasks know of their group. It names its parents and does not hold them, or a chain of groups would not end. */
export class GroupScope {
  readonly #name: string | undefined;
  readonly #number = ++lastGroup;
  /** The task that the group was made in. */
  readonly parent: number | undefined;
  readonly parentGroup: string | undefined;
  #size = 0;
  #latest: Task | undefined;

  constructor(name: string | undefined, creator: Task | undefined, outer: GroupScope | undefined) {
    const parent = creator ?? outer?.only;
    this.#name = name;
    this.parent = parent?.id;
    this.parentGroup = (parent?.scope ?? outer)?.name;
  }

  get name(): string {
    return this.#name ?? `group-${this.#number}`;
  }

  /** Its one live task; `undefined` when there are several or that is not known. */
  get only(): Task | undefined {
    return this.#size === 1 && this.#latest !== undefined && tasks.has(this.#latest) ? this.#latest : undefined;
  }

  add(task: Task): void {
    this.#size++;
    this.#latest = task;
  }

  remove(task: Task): void {
    this.#size--;
    if (this.#latest === task) this.#latest = undefined;
  }
}

/** A wait that can say what it is for. */
export interface WaitSource {
  /** @returns such as `Channel.receive`; `undefined` once the wait is over. */
  describeWait(): string | undefined;
}

/** A live task. */
export interface Task {
  readonly id: number;
  readonly name: string;
  readonly scope: GroupScope;
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number;
  /** The last wait it entered. */
  wait: WaitSource | null;
  /** What it waits on again and again, and may wait on when it does not wait for that. */
  standing: WaitSource | null;
}

/** Where what a task waits for is written down. */
export interface WaitMarker {
  /** What it waits for; `null` when that is over. */
  wait: WaitSource | null;
}

/** Calls an operation as code of the task that it was taken in, and returns what that returns. */
export type TaskTracer = <T>(operation: () => T) => T;

/** The live tasks of all groups, oldest first. */
export const tasks = new Set<Task>();

const NOBODY: WaitMarker = {
  get wait(): WaitSource | null {
    return null;
  },
  set wait(_: WaitSource | null) {},
};

const storage = new AsyncLocalStorage<Task>();

let isTracing = false;
let starting: Task | undefined;
let lastId = 0;
let lastGroup = 0;

/**
 * Switches on or off that tasks are followed across their awaits. Counts for tasks started from then on. Default off.
 *
 * On, `liveTasks` knows what each task waits for and every parent. Off, it knows the first wait of a task, what it waits
 * on again and again (a connection it reads in a loop, and what {@link traceSource} was told), and the waits in a
 * {@link taskTracer}; and the parents of groups that are made before the first await, or with the signal of another.
 *
 * On Node 24 and later it costs 15 ns for each operation of a task that waits, and 370 bytes a task: a tenth of a
 * ping-pong over channels, nothing that can be measured of one over a socket. On Node 20 and 22 it makes that ping-pong,
 * and every promise of the process, take 2.4 times as long: there it is for looking into a process that is stuck, not
 * for every day.
 */
export function traceWaits(enabled: boolean): void {
  isTracing = enabled;
}

/**
 * Records what the current task waits for. Call it where an operation is about to wait; it does nothing outside of a
 * task, and costs a comparison while tasks are not followed.
 *
 * @see traceWaits
 * @example
 * ```ts
 * import { traceWait } from "@belfry/sync";
 *
 * let isWaiting = true;
 * traceWait({ describeWait: () => (isWaiting ? "Conn.read 127.0.0.1:5000" : undefined) });
 * isWaiting = false;
 * ```
 */
export function traceWait(source: WaitSource): void {
  const task = currentTask();
  if (task !== undefined) task.wait = source;
}

/**
 * Records what the current task waits on again and again, such as the connection it serves: what that describes counts
 * when no other wait of the task is known. It does nothing outside of a task, or for what is no {@link WaitSource}.
 */
export function traceSource(source: unknown): void {
  const task = currentTask();
  if (task !== undefined && isWaitSource(source)) task.standing = source;
}

/**
 * The way to tell, on every version of Node and at next to no cost, what a task waits for after its first await. Take it
 * at the start of the task, and call what may wait in it. Outside of a task it only calls.
 *
 * @example
 * ```ts
 * import { Channel, Group, liveTasks, taskTracer } from "@belfry/sync";
 *
 * const [first, second] = [new Channel<string>(), new Channel<string>()];
 * const group = new Group();
 * await group.go(async () => {
 *   const within = taskTracer();
 *   await within(() => first.receive());
 *   await within(() => second.receive());
 * });
 * await first.send("go on");
 * await new Promise(setImmediate);
 * console.log(liveTasks()[0]?.waitingFor); // Channel.receive
 * second.close();
 * await group.wait();
 * ```
 */
export function taskTracer(): TaskTracer {
  const task = currentTask();
  return task === undefined ? callOnly : (operation) => callAs(task, operation);
}

/**
 * Where to write down what the current task waits for, also after its first await: an assignment, for what is done so
 * often that {@link taskTracer} would show. Take it at the start of the task. Outside of a task it keeps nothing.
 */
export function waitMarker(): WaitMarker {
  return currentTask() ?? NOBODY;
}

/** Whether `value` can say what it waits for. */
export function isWaitSource(value: unknown): value is WaitSource {
  return typeof value === "object" && value !== null && typeof (value as WaitSource).describeWait === "function";
}

function callOnly<T>(operation: () => T): T {
  return operation();
}

function callAs<T>(task: Task, operation: () => T): T {
  const outer = starting;
  starting = task;
  try {
    return operation();
  } finally {
    starting = outer;
  }
}

/** The task that is running: known until its first await, and from there on while tasks are followed. */
export function currentTask(): Task | undefined {
  return starting ?? (isTracing ? storage.getStore() : undefined);
}

/** Puts a task on the list of live tasks. */
export function addTask(scope: GroupScope, name: string): Task {
  const task: Task = { id: ++lastId, name, scope, startedAt: performance.now(), wait: null, standing: null };
  tasks.add(task);
  scope.add(task);
  return task;
}

/** Takes a task that has ended off the list. */
export function removeTask(task: Task): void {
  tasks.delete(task);
  task.scope.remove(task);
}

/** Runs `run` as the code of `task`. */
export function enterTask<T>(task: Task, run: () => T): T {
  const outer = starting;
  starting = task;
  try {
    return isTracing ? storage.run(task, run) : run();
  } finally {
    starting = outer;
  }
}
