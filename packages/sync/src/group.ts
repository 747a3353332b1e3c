import { onAbort } from "./abort.js";
import { addTask, currentTask, enterTask, GroupScope, removeTask, traceWait } from "./task.js";
import type { Task } from "./task.js";
import { completed } from "./turn.js";
import { Waiter, WaitQueue } from "./wait-queue.js";

/** What a Group runs: a function that ends when its promise does, and stops when `signal` aborts. */
export type TaskFunction = (signal: AbortSignal) => void | Promise<void>;

/** Options of a {@link Group}. */
export interface GroupOptions {
  /** Aborting it cancels the group. */
  readonly signal?: AbortSignal | undefined;
  /** How many tasks may be live at once, at least 1. Default: no limit. */
  readonly limit?: number | undefined;
  /** Shown in the list of live tasks. Default: `group-` and a number. */
  readonly name?: string | undefined;
}

/** A box, so that `undefined` can be a reason. */
type Reason = { readonly value: unknown };

/** Whose signal it is, for groups that are made with it. */
const owners = new WeakMap<AbortSignal, GroupScope>();

/**
 * Tasks that start together and end together.
 *
 * The first task that fails cancels the others and is what {@link wait} rejects with. A cancel that came from outside
 * (`cancel`, or the parent signal) is no failure: tasks that reject with its reason, with an error whose `cause` it is,
 * or with an `AbortError`, have done as they were told.
 *
 * Nothing stops a task but the task: whoever cancels must wait for the tasks to heed `signal`.
 *
 * @example
 * ```ts
 * import { Group } from "@belfry/sync";
 *
 * const group = new Group({ name: "fetchers", limit: 2 });
 * for (const url of ["a", "b", "c"]) await group.go(() => console.log(url));
 * await group.wait();
 * ```
 */
export class Group {
  readonly #parent: AbortSignal | undefined;
  readonly #limit: number;
  readonly #scope: GroupScope;
  /** Tasks that wait to be started; `null` without a limit. */
  readonly #slots: WaitQueue | null;
  readonly #idle = new WaitQueue("Group.wait");
  #isFilling = false;
  #size = 0;
  #controller: AbortController | null = null;
  #detach: (() => void) | null = null;
  #cancelled: Reason | null = null;
  #failure: Reason | null = null;

  /** @throws {RangeError} when `limit` is not a whole number of at least 1. */
  constructor(options?: GroupOptions) {
    const limit = options?.limit ?? Number.POSITIVE_INFINITY;
    if (limit !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(limit) || limit < 1)) {
      throw new RangeError(`Cannot make a Group with limit ${limit}: expected a whole number of at least 1`);
    }
    this.#limit = limit;
    this.#parent = options?.signal;
    this.#slots = limit === Number.POSITIVE_INFINITY ? null : new WaitQueue("Group.go");
    this.#scope = new GroupScope(options?.name, currentTask(), this.#parent && owners.get(this.#parent));
  }

  /** Aborts when the group is cancelled, with the reason; or when a task fails, with its error. Made when asked for. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      owners.set(this.#controller.signal, this.#scope);
      const reason = this.#reason();
      if (reason !== null) this.#controller.abort(reason.value);
    }
    this.#attach();
    return this.#controller.signal;
  }

  /** Live tasks. */
  get size(): number {
    return this.#size;
  }

  /**
   * Starts a task: at once, before this returns, unless the group is at its limit. A task that throws synchronously
   * fails like one that rejects. In a group that is cancelled the task is started all the same, its signal aborted.
   *
   * @param task gets the group's signal if it declares a parameter for it; without one, no signal is made.
   * @param name for the list of live tasks. Default: the function's name.
   * @returns resolves when the task has been started; never rejects because of the task.
   * @throws {TypeError} when `task` is no function.
   */
  go(task: TaskFunction, name?: string): Promise<void> {
    if (typeof task !== "function") return Promise.reject(badTask(task));
    const slots = this.#slots;
    if (slots === null || this.#size < this.#limit) {
      this.#start(task, name);
      return completed();
    }
    return new Promise((resolve) => {
      const start = (): void => this.#start(task, name);
      const waiter = new Waiter(resolve as (result: unknown) => void, start, null);
      slots.push(waiter);
      traceWait(waiter);
    });
  }

  /**
   * Starts a task unless the group is at its limit.
   *
   * @returns whether it was started.
   * @throws {TypeError} when `task` is no function.
   */
  tryGo(task: TaskFunction, name?: string): boolean {
    if (typeof task !== "function") throw badTask(task);
    if (this.#size >= this.#limit) return false;
    this.#start(task, name);
    return true;
  }

  /**
   * Aborts `signal`. Returns at once; {@link wait} tells when the tasks have ended. The first cancel counts.
   *
   * @param reason default: an `AbortError`.
   */
  cancel(reason: unknown = new DOMException("The group was cancelled", "AbortError")): void {
    if (this.#reason() === null) this.#cancel({ value: reason });
  }

  /**
   * Waits until every task has ended, those that wait to be started too. May be called by any number of tasks, not
   * of this group, and again when more tasks were started. Afterwards the group no longer listens to its parent signal
   * until its own is asked for again.
   *
   * @throws the error of the first task that failed, unchanged.
   */
  async wait(): Promise<void> {
    while (this.#size > 0) {
      await new Promise((resolve) => {
        const waiter = new Waiter(resolve, undefined, null);
        this.#idle.push(waiter);
        traceWait(waiter);
      });
    }
    this.#detach?.();
    this.#detach = null;
    if (this.#failure !== null) throw this.#failure.value;
  }

  #start(run: TaskFunction, name: string | undefined): void {
    this.#size++;
    const task = addTask(this.#scope, name ?? (run.name || "task"));
    let result: void | Promise<void> = undefined;
    try {
      result = enterTask(task, run.length === 0 ? (run as () => void | Promise<void>) : () => run(this.signal));
    } catch (error) {
      this.#fail(error);
    }
    if (!isThenable(result)) {
      this.#end(task);
      return;
    }
    result.then(
      () => this.#end(task),
      (error: unknown) => {
        this.#fail(error);
        this.#end(task);
      },
    );
  }

  #end(task: Task): void {
    removeTask(task);
    this.#size--;
    if (this.#slots !== null) this.#fill(this.#slots);
    if (this.#size > 0) return;
    for (let waiter = this.#idle.shift(); waiter !== null; waiter = this.#idle.shift()) waiter.resolve(undefined);
  }

  /** A loop where tasks that end at once would otherwise start one another, deeper and deeper. */
  #fill(slots: WaitQueue): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    while (this.#size < this.#limit) {
      const next = slots.shift();
      if (next === null) break;
      (next.value as () => void)();
      next.resolve(undefined);
    }
    this.#isFilling = false;
  }

  #fail(error: unknown): void {
    const reason = this.#reason();
    if (this.#failure !== null || (reason !== null && isCausedBy(error, reason.value))) return;
    this.#failure = { value: error };
    if (reason === null) this.#cancel(this.#failure);
  }

  /** Why the group is cancelled. The parent is asked, since a group without a signal of its own does not listen. */
  #reason(): Reason | null {
    if (this.#cancelled === null && this.#parent?.aborted) this.#cancel({ value: this.#parent.reason as unknown });
    return this.#cancelled;
  }

  #cancel(reason: Reason): void {
    if (this.#cancelled !== null) return;
    this.#cancelled = reason;
    this.#controller?.abort(reason.value);
  }

  #attach(): void {
    if (this.#detach !== null || this.#parent === undefined || this.#cancelled !== null) return;
    this.#detach = onAbort(this.#parent, (reason) => this.#cancel({ value: reason }));
  }
}

function isThenable(result: unknown): result is Promise<void> {
  return typeof result === "object" && result !== null && typeof (result as { then?: unknown }).then === "function";
}

/** Whether a task rejected because it was told to stop. */
function isCausedBy(error: unknown, reason: unknown): boolean {
  if (error === reason) return true;
  if (!(error instanceof Error)) return false;
  return error.name === "AbortError" || (reason !== undefined && error.cause === reason);
}

function badTask(task: unknown): TypeError {
  return new TypeError(`Cannot start a task: expected a function, got ${typeof task}`);
}
