import type { HostPlan } from "../config/plan/host-plan.js";
import type { ServiceStatus } from "../inspect/host-view.js";
import type { Log } from "../log/log.js";
import type { PrintLog } from "../log/print-log.js";
import { Books } from "./books.js";
import { Departed } from "./departed.js";
import { logCrash } from "./log-crash.js";
import type { Ending } from "./messages.js";
import { watchAnswers } from "./watch-answers.js";
import { type WorkerOptions, WorkerProcess } from "./worker-process.js";

/** How one more is to be started. */
export interface Hire extends Omit<WorkerOptions, "number" | "isInspected"> {
  /** Where what it prints goes; `null` for where this process prints. */
  readonly printLog: PrintLog | null;
}

/** All workers the host ever had, whatever their generation: what they share while they live, and what is left of them. */
export class Staff {
  readonly #env: NodeJS.ProcessEnv;
  readonly #log: Log;
  readonly #books = new Books();
  readonly #departed = new Departed();
  #hired = 0;
  #crashes = 0;
  #startFailures = 0;
  #ending: Ending = { drained: 0, cut: 0 };
  #isLeaving = false;

  constructor(env: NodeJS.ProcessEnv, log: Log) {
    this.#env = env;
    this.#log = log;
  }

  /** Those that served and ended unasked. */
  get crashes(): number {
    return this.#crashes;
  }

  /** Those that were to take the place of such a one and could not start. */
  get startFailures(): number {
    return this.#startFailures;
  }

  /** What those that have ended had counted. */
  get departed(): readonly ServiceStatus[] {
    return this.#departed.services;
  }

  /** How those went that have ended since `leave`. */
  get ending(): Ending {
    return this.#ending;
  }

  /** Puts a plan's limits in force over all of them. */
  limit(plan: HostPlan): void {
    this.#books.apply(plan);
  }

  /** Starts one. */
  hire({ printLog, ...options }: Hire): WorkerProcess {
    const number = ++this.#hired;
    const isInspected = options.plan.debug !== null;
    const prints = printLog?.from({ worker: number }) ?? null;
    const worker = new WorkerProcess(
      { ...options, number, isInspected },
      { env: this.#env, prints, onMessage: (message) => this.#books.hear(message, worker) },
    );
    void this.#watch(worker);
    return worker;
  }

  /** Called before a worker begins to accept by that plan. */
  admit(worker: WorkerProcess, plan: HostPlan): void {
    this.#books.enter(worker, plan);
  }

  /** Called when one has ended unasked. @param delay milliseconds until another takes its place. */
  lose(worker: WorkerProcess, how: string, delay: number): void {
    if (worker.hasServed) this.#crashes += 1;
    else this.#startFailures += 1;
    logCrash(this.#log, worker, how, delay);
  }

  /** The host goes down: how they end counts from now on. What a crash or a reload has cost is not the end's business. */
  leave(): void {
    this.#isLeaving = true;
  }

  async #watch(worker: WorkerProcess): Promise<void> {
    const answers = watchAnswers(worker, this.#log);
    await worker.exited;
    clearInterval(answers);
    this.#books.leave(worker);
    this.#departed.add(worker.snapshot?.services ?? []);
    if (!this.#isLeaving) return;
    this.#ending = add(this.#ending, worker.ending ?? { drained: 0, cut: worker.connections });
  }
}

function add(a: Ending, b: Ending): Ending {
  return { drained: a.drained + b.drained, cut: a.cut + b.cut };
}
