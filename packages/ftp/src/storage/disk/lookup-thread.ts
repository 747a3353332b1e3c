import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type LookedUp, type LookupTask, lookUp } from "./looked-up.js";

/** Milliseconds without a task, after which the thread ends: until then it holds 15 to 20 MiB. */
const IDLE = 30_000;
/** Tasks it is given ahead: enough to have one whenever it is done with another. */
const MAX_TASKS = 4;
/** MiB. A task takes a fraction of one; left to itself the thread would let garbage pile up. */
const MAX_HEAP = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 32, stackSizeMb: 1 };

/** As text: a file of its own would be where it is looked for in `dist` only, and not in a bundle. */
const CODE = `
const { parentPort } = require("node:worker_threads");
const fs = require("node:fs");
const lookUp = ${lookUp.toString()};
parentPort.on("message", (task) => {
  lookUp(task, fs);
  parentPort.postMessage(task.found, [task.found.buffer]);
});
`;

/** How a {@link LookupThread} runs. */
export interface LookupThreadOptions {
  /** Milliseconds without a task after which it ends. Default 30,000. */
  readonly idle?: number;
  /** Processors there are. Default: as many as the process may use. */
  readonly processors?: number;
  /** What it runs, which answers each task with what was found. */
  readonly code?: string;
}

/**
 * A second thread that looks at names in directories beside the first: it makes the same calls, on the same descriptors. It
 * runs from {@link start} until nobody has wanted it for a while, and keeps the process alive only while a task is under
 * way. One that fails to start, or breaks, is not tried again.
 */
export class LookupThread {
  readonly #options: LookupThreadOptions;
  /** Who waits for an answer; they come in the order of the tasks. */
  readonly #waiting: ((found: LookedUp | null) => void)[] = [];
  #worker: Worker | null = null;
  #isReady = false;
  #isBroken = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LookupThreadOptions = {}) {
    this.#options = options;
  }

  /** Whether a task would be taken, and soon begun. */
  get hasRoom(): boolean {
    return this.#isReady && this.#waiting.length < MAX_TASKS;
  }

  /** Has it run, from some turn on: this does not wait. Does nothing where there is but one processor. */
  start(): void {
    const { code = CODE, processors = availableParallelism() } = this.#options;
    if (this.#worker !== null || this.#isBroken || processors < 2) return;
    try {
      // Nothing of what the first thread was started with concerns it, such as modules to load ahead.
      const own = { eval: true, execArgv: [], env: {}, name: "lookups", resourceLimits: MAX_HEAP };
      this.#worker = this.#watch(new Worker(code, own));
    } catch {
      this.#isBroken = true;
    }
  }

  /**
   * Looks at names. What is found comes in the memory that the task has brought, which is not to be touched meanwhile.
   *
   * @returns `null` when the thread has ended. Never rejects.
   */
  lookUp(task: LookupTask): Promise<LookedUp | null> {
    return new Promise((resolve) => {
      const worker = this.#worker;
      if (worker === null) {
        resolve(null);
        return;
      }
      if (this.#waiting.push(resolve) === 1) worker.ref();
      worker.postMessage(task, [task.found.buffer]);
    });
  }

  /** Ends it; whoever waits gets no answer. It may be started again. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#forget();
    await worker?.terminate();
  }

  #watch(worker: Worker): Worker {
    worker.unref();
    worker.once("online", () => {
      if (worker !== this.#worker) return;
      this.#isReady = true;
      this.#rest();
    });
    worker.on("message", (found: LookedUp) => this.#answered(worker, found));
    worker.on("error", () => this.#broke(worker));
    worker.once("exit", () => this.#broke(worker));
    return worker;
  }

  #answered(worker: Worker, found: LookedUp): void {
    if (worker !== this.#worker) return;
    this.#waiting.shift()?.(found);
    if (this.#waiting.length > 0) return;
    worker.unref();
    this.#rest();
  }

  /** Ends it some time after the last task. */
  #rest(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      if (this.#waiting.length === 0) void this.stop();
    }, this.#options.idle ?? IDLE).unref();
    this.#timer.refresh();
  }

  #broke(worker: Worker): void {
    if (worker !== this.#worker) return;
    this.#isBroken = true;
    this.#forget();
  }

  #forget(): void {
    this.#worker = null;
    this.#isReady = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const resolve of this.#waiting.splice(0)) resolve(null);
  }
}

/** That of the process. */
export const lookupThread = new LookupThread();
