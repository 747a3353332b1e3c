import type { ChildProcess } from "node:child_process";
import { countConnections } from "../inspect/add-services.js";
import type { WorkerState } from "../inspect/host-view.js";
import type { Prints } from "../log/prints.js";
import { describeExit } from "./describe-exit.js";
import { limitLoading } from "./loading-limit.js";
import type {
  BooksMessage,
  Ending,
  InheritedSocket,
  QuestionName,
  SupervisorMessage,
  WorkerMessage,
  WorkerQuestions,
  WorkerSnapshot,
  WorkerStart,
} from "./messages.js";
import { createMilestone } from "./milestone.js";
import { type QuestionOptions, Questions } from "./questions.js";
import { relayPrints } from "./relay-prints.js";
import { startChild } from "./start-child.js";
import { asInherited, toInherit } from "./worker-sockets.js";

/** What a worker is started with. */
export interface WorkerOptions extends Omit<WorkerStart, "type" | "sockets"> {
  /** With the descriptors of this process. */
  readonly sockets: readonly InheritedSocket[];
}

/** What it stands in. */
export interface WorkerAround {
  readonly env: NodeJS.ProcessEnv;
  /** Where what it prints goes; `null` for where this process prints. */
  readonly prints: Prints | null;
  /** Told of messages that are no business of this class: limits over all workers. */
  readonly onMessage: (message: BooksMessage) => void;
}

/** A worker tells of itself each second. One that has not for so long is stuck. */
const MUTE = 5000;

/** One worker, as the supervisor sees it. */
export class WorkerProcess {
  readonly number: number;
  readonly generation: number;
  /** Its configuration is loaded and in order. Rejects with the reason when it is not, or the process ended before. */
  readonly loaded: Promise<void>;
  /** It accepts; where. Rejects likewise. */
  readonly ready: Promise<Readonly<Record<string, readonly string[]>>>;
  /** It accepts no more; also when it has ended. */
  readonly stopped: Promise<void>;
  /** The process is gone; how it ended, in words. */
  readonly exited: Promise<string>;
  state: WorkerState = "starting";
  /** Whether it ever accepted. */
  hasServed = false;
  /** What it last told of itself. */
  snapshot: WorkerSnapshot | null = null;
  /** When it last told, by this process's clock; `null` before the first time. */
  #heardAt: number | null = null;
  /** What it threw at last, in one line; `null` when it did not get to say, or threw nothing. */
  thrown: string | null = null;
  /** How it went down; `null` when it did not get to say. */
  ending: Ending | null = null;
  readonly #child: ChildProcess;
  readonly #questions = new Questions((message) => this.send(message));
  readonly #loaded = createMilestone<void>();
  readonly #ready = createMilestone<Readonly<Record<string, readonly string[]>>>();
  readonly #stopped = createMilestone<void>();
  readonly #exited = createMilestone<string>();
  readonly #onMessage: WorkerAround["onMessage"];
  readonly #limit = limitLoading((why) => {
    this.#failStart(new Error(`Cannot start worker ${this.number}: ${why}`));
    this.kill();
  });

  constructor(options: WorkerOptions, { env, prints, onMessage }: WorkerAround) {
    this.number = options.number;
    this.generation = options.generation;
    this.loaded = this.#loaded.promise;
    this.ready = this.#ready.promise;
    this.stopped = this.#stopped.promise;
    this.exited = this.#exited.promise;
    this.#onMessage = onMessage;
    const { sockets } = options;
    this.#child = startChild("worker", { env, descriptors: toInherit(sockets), isRead: prints !== null });
    this.#watch(prints === null ? Promise.resolve() : relayPrints(this.#child, prints));
    this.send({ type: "start", ...options, sockets: asInherited(sockets) });
  }

  /** `undefined` when the process could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** How many it was serving when it last told. */
  get connections(): number {
    return countConnections(this.snapshot?.services ?? []);
  }

  /** Whether it serves and yet says nothing any more. */
  get isMute(): boolean {
    return this.#heardAt !== null && performance.now() - this.#heardAt > MUTE;
  }

  /** Whether it reads its configuration still, and so serves nobody. */
  get isLoading(): boolean {
    return !this.#loaded.isSettled;
  }

  get isGone(): boolean {
    return this.#exited.isSettled;
  }

  /** What is sent to a process that is gone is dropped. */
  send(message: SupervisorMessage): void {
    if (!this.#child.connected) return;
    // The callback takes the error, which would otherwise be an event of the child.
    this.#child.send(message, () => {});
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws {NoAnswerError} when the worker says nothing for `timeout` milliseconds.
   * @throws {Error} when it refuses, or ends meanwhile.
   */
  ask<Name extends QuestionName>(
    name: Name,
    params: WorkerQuestions[Name]["params"],
    options: QuestionOptions,
  ): Promise<WorkerQuestions[Name]["result"]> {
    if (this.isGone) return Promise.reject(new Error(`Cannot ask worker ${this.number}: it has ended`));
    return this.#questions.ask(name, params, options) as Promise<WorkerQuestions[Name]["result"]>;
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #watch(printed: Promise<void>): void {
    this.#child.on("message", (message: WorkerMessage) => this.#heard(message));
    this.#child.on("error", (error) => {
      if (this.#child.pid !== undefined) return;
      this.#failStart(new Error(`Cannot start worker ${this.number}: ${error.message}`, { cause: error }));
      this.#gone(error.message);
    });
    // Not `exit`, which may overtake the last messages.
    this.#child.on("close", (code, signal) => void printed.then(() => this.#gone(describeExit(code, signal))));
  }

  #heard(message: WorkerMessage): void {
    if (this.#heardAt !== null || message.type === "tally") this.#heardAt = performance.now();
    switch (message.type) {
      case "loading":
        return this.#limit.loading(message.path);
      case "loaded":
        this.#limit.end();
        return this.#loaded.resolve();
      case "ready":
        this.state = "serving";
        this.hasServed = true;
        return this.#ready.resolve(message.addresses);
      case "failed":
        return this.#failStart(new Error(message.message));
      case "thrown":
        this.thrown = message.what;
        return;
      case "answer":
        return this.#questions.answer(message.id, message.result);
      case "refusal":
        return this.#questions.refuse(message.id, message.error);
      case "tally":
        this.snapshot = message.snapshot;
        return;
      case "stopped":
        return this.#stopped.resolve();
      case "ended":
        this.ending = { drained: message.drained, cut: message.cut };
        if (this.snapshot !== null) this.snapshot = { ...this.snapshot, services: message.services };
        return;
      case "want":
      case "return":
      case "claim":
      case "release":
      case "loginQuestion":
      case "loginNote":
        if (!this.isGone) this.#onMessage(message);
    }
  }

  #gone(how: string): void {
    this.state = "draining";
    this.#questions.close(new Error(`Worker ${this.number} has ended`));
    this.#exited.resolve(how);
    this.#failStart(
      new Error(
        `Worker ${this.number} ended with ${how} before it served${this.#limit.where}${this.thrown === null ? "" : `: ${this.thrown}`}`,
      ),
    );
    this.#limit.end();
    this.#stopped.resolve();
  }

  #failStart(error: Error): void {
    this.#loaded.reject(error);
    this.#ready.reject(error);
  }
}
