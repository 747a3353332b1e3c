import { Semaphore } from "@belfry/sync";
import type { HostPlan } from "../config/plan/host-plan.js";
import { type Backoff, createBackoff } from "./backoff.js";
import type { ServeMessage, SupervisorMessage } from "./messages.js";
import { createMilestone } from "./milestone.js";
import type { WorkerProcess } from "./worker-process.js";

/** What a crew needs of its supervisor. */
export interface CrewParts {
  readonly plan: HostPlan;
  readonly count: number;
  /** How many may start at a time. */
  readonly startsAtOnce: number;
  /** Starts a worker process. */
  readonly spawn: () => WorkerProcess;
  /** Called with each of the first workers as it begins to load; what it returns is called before that one serves. */
  readonly onLoading: (worker: WorkerProcess) => () => void;
  /** What a worker that is to serve now is told. */
  readonly serveMessage: () => ServeMessage;
  /** Called before a worker begins to accept. */
  readonly onServe: (worker: WorkerProcess) => void;
  /** A worker has ended unasked; `delay` milliseconds until another is started. */
  readonly onCrash: (worker: WorkerProcess, how: string, delay: number) => void;
  /** A worker serves in the place of one that has ended. */
  readonly onReplaced: (worker: WorkerProcess) => void;
}

/** The workers of one generation: so many at a time, each replaced when it ends unasked. */
export class Crew {
  readonly plan: HostPlan;
  readonly #parts: CrewParts;
  readonly #workers = new Set<WorkerProcess>();
  /** Of those to be started in the place of others, and when they are, in milliseconds since the epoch. */
  readonly #timers = new Map<NodeJS.Timeout, number>();
  /** Those it begins with, until they serve. One that has ended is among them still: it is missed. */
  #first: WorkerProcess[] = [];
  #onLoaded: (() => void)[] = [];
  readonly #gone = createMilestone<void>();
  /** Whether workers that end are replaced. */
  #isKept = true;

  constructor(parts: CrewParts) {
    this.plan = parts.plan;
    this.#parts = parts;
  }

  /** Resolves when none is left, after `handOver`, `drain`, `close` or `kill`. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Those whose process is there. */
  get workers(): readonly WorkerProcess[] {
    return [...this.#workers];
  }

  /** How many it is to have. */
  get count(): number {
    return this.#parts.count;
  }

  /** When the next one that has ended is replaced, in milliseconds since the epoch; `null` when none waits for it. */
  get nextStartAt(): number | null {
    return this.#timers.size === 0 ? null : Math.min(...this.#timers.values());
  }

  /**
   * Starts the workers and waits until all have loaded the configuration.
   *
   * @throws the reason of the first that has not, or has ended since, at once; none is left then.
   */
  async load(): Promise<void> {
    const starts = new Semaphore(this.#parts.startsAtOnce);
    const lost = createMilestone<never>();
    const start = async (): Promise<void> => {
      const release = await starts.acquire();
      try {
        if (!this.#isKept) return;
        const worker = this.#spawn();
        this.#first.push(worker);
        // One that has loaded may end while others load.
        worker.ready.catch((error: unknown) => lost.reject(error));
        this.#onLoaded.push(this.#parts.onLoading(worker));
        await worker.loaded;
      } finally {
        release();
      }
    };
    const loaded = Promise.all(Array.from({ length: this.#parts.count }, start));
    await this.#orKill(Promise.race([loaded, lost.promise]));
  }

  /** Has them accept, and waits until all do. @throws as `load` does. */
  async serve(): Promise<Readonly<Record<string, readonly string[]>>> {
    for (const loaded of this.#onLoaded.splice(0)) loaded();
    const served = this.#first.splice(0).map((worker) => this.#serve(worker, createBackoff()));
    const [addresses = {}] = await this.#orKill(Promise.all(served));
    return addresses;
  }

  /** They accept no more and serve whom they have; see {@link SupervisorMessage}. Resolves once none accepts. */
  handOver(grace: number, timeout: number): Promise<void> {
    return this.#end({ type: "handOver", grace, timeout });
  }

  /** They go down. Resolves once none accepts. */
  drain(timeout: number): Promise<void> {
    return this.#end({ type: "drain", timeout });
  }

  /** They cut what is left, and end. */
  close(): void {
    void this.#end({ type: "close" });
  }

  /** Ends their processes at once. */
  kill(): void {
    this.#leave();
    for (const worker of this.#workers) worker.kill();
  }

  async #end(message: SupervisorMessage): Promise<void> {
    this.#leave();
    for (const worker of this.#workers) {
      worker.state = "draining";
      // One that loads may never come to read it.
      if (worker.isLoading) worker.kill();
      else worker.send(message);
    }
    await Promise.all(this.workers.map((worker) => worker.stopped));
  }

  #leave(): void {
    this.#isKept = false;
    for (const timer of this.#timers.keys()) clearTimeout(timer);
    this.#timers.clear();
    if (this.#workers.size === 0) this.#gone.resolve();
  }

  #spawn(): WorkerProcess {
    const worker = this.#parts.spawn();
    this.#workers.add(worker);
    void this.#watch(worker);
    return worker;
  }

  async #watch(worker: WorkerProcess): Promise<void> {
    await worker.exited;
    this.#workers.delete(worker);
    if (!this.#isKept && this.#workers.size === 0) this.#gone.resolve();
  }

  async #orKill<T>(starting: Promise<T>): Promise<T> {
    try {
      return await starting;
    } catch (error) {
      this.kill();
      throw error;
    }
  }

  async #serve(worker: WorkerProcess, backoff: Backoff): Promise<Readonly<Record<string, readonly string[]>>> {
    // It would be entered in books that it has left.
    if (worker.isGone) return worker.ready;
    this.#parts.onServe(worker);
    worker.send(this.#parts.serveMessage());
    const addresses = await worker.ready;
    void worker.exited.then((how) => this.#lost(worker, how, backoff));
    return addresses;
  }

  #lost(worker: WorkerProcess, how: string, backoff: Backoff): void {
    if (!this.#isKept) return;
    const delay = backoff.next();
    this.#parts.onCrash(worker, how, delay);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#replace(backoff);
    }, delay);
    this.#timers.set(timer, Date.now() + delay);
  }

  async #replace(backoff: Backoff): Promise<void> {
    const worker = this.#spawn();
    try {
      await worker.loaded;
      if (!this.#isKept) return worker.kill();
      await this.#serve(worker, backoff);
      this.#parts.onReplaced(worker);
    } catch (error) {
      const how = await worker.exited;
      this.#lost(worker, error instanceof Error ? error.message : how, backoff);
    }
  }
}
