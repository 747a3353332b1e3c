import { NoAnswerError } from "../inspect/no-answer-error.js";
import type { QuestionName, SupervisorMessage } from "./messages.js";

/** How long to wait for an answer, and what ends the wait before. */
export interface QuestionOptions {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** The questions to one worker that are not answered yet. */
export class Questions {
  readonly #send: (message: SupervisorMessage) => void;
  readonly #pending = new Map<number, Pending>();
  #count = 0;

  constructor(send: (message: SupervisorMessage) => void) {
    this.#send = send;
  }

  /**
   * @throws {NoAnswerError} after `timeout` milliseconds.
   * @throws what `refuse` and `close` are given.
   * @throws `signal.reason` on abort; the worker is told.
   */
  ask(name: QuestionName, params: unknown, { timeout, signal }: QuestionOptions): Promise<unknown> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      const giveUp = (reason: unknown): void => {
        this.#send({ type: "cancel", id });
        this.#take(id)?.reject(reason);
      };
      const late = (): void => giveUp(new NoAnswerError(`Cannot ask for ${name}: no answer in ${timeout} ms`));
      const timer = setTimeout(late, timeout);
      const onAbort = (): void => giveUp(signal?.reason);
      const release = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#pending.set(id, {
        resolve: (result) => (release(), resolve(result)),
        reject: (reason) => (release(), reject(reason)),
      });
      this.#send({ type: "question", id, name, params });
    });
  }

  answer(id: number, result: unknown): void {
    this.#take(id)?.resolve(result);
  }

  refuse(id: number, { name, message }: { readonly name: string; readonly message: string }): void {
    const error = new (name === "RangeError" ? RangeError : Error)(message);
    error.name = name;
    this.#take(id)?.reject(error);
  }

  /** Nobody is there to answer any more. */
  close(reason: Error): void {
    for (const id of this.#pending.keys()) this.#take(id)?.reject(reason);
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}
