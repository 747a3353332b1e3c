import { NoAnswerError } from "../inspect/no-answer-error.js";
import type { LoginAnswer, LoginNote, LoginQuestion, WorkerMessage } from "./messages.js";

/** How long a client waits for the supervisor at most, in milliseconds. */
const TIMEOUT = 3000;

interface Pending {
  readonly answer: (answer: LoginAnswer) => void;
  readonly fail: (error: Error) => void;
}

/**
 * This worker's questions to the supervisor about logins. One that is not answered in time rejects, and those that follow do
 * so at once until an answer comes: nothing piles up before a supervisor that is stuck.
 */
export class LoginQuestions {
  readonly #send: (message: WorkerMessage) => void;
  readonly #pending = new Map<number, Pending>();
  #count = 0;
  #obstacle: NoAnswerError | null = null;

  constructor(send: (message: WorkerMessage) => void) {
    this.#send = send;
  }

  /** Why nothing is asked now; `null` when it is. */
  get obstacle(): NoAnswerError | null {
    return this.#obstacle;
  }

  /**
   * @param onLate told of an answer that nobody waits for any more.
   * @throws {NoAnswerError} when the supervisor does not answer in time, or is gone.
   */
  ask(
    service: string,
    question: LoginQuestion,
    onLate: (answer: LoginAnswer) => void = () => {},
  ): Promise<LoginAnswer> {
    if (this.#obstacle !== null) return Promise.reject(this.#obstacle);
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        if (!this.#pending.has(id)) return;
        this.#pending.set(id, { answer: onLate, fail: () => {} });
        this.#obstacle = new NoAnswerError(`Cannot ask the supervisor: no answer in ${TIMEOUT} ms`);
        reject(this.#obstacle);
      };
      // Once what has come is read: it may be this process that was held up.
      const timer = setTimeout(() => setImmediate(giveUp), TIMEOUT);
      this.#pending.set(id, {
        answer: (answer) => (clearTimeout(timer), resolve(answer)),
        fail: (error) => (clearTimeout(timer), reject(error)),
      });
      this.#send({ type: "loginQuestion", id, service, question });
    });
  }

  /** Says what needs no answer. What is told and asked arrives in that order. */
  tell(service: string, note: LoginNote): void {
    this.#send({ type: "loginNote", service, note });
  }

  answer(id: number, answer: LoginAnswer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    this.#obstacle = null;
    pending?.answer(answer);
  }

  /** Nobody is left to answer. */
  close(): void {
    const gone = new NoAnswerError("Cannot ask the supervisor: it has ended");
    this.#obstacle = gone;
    for (const { fail } of this.#pending.values()) fail(gone);
    this.#pending.clear();
  }
}
