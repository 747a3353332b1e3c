import { deferred } from "./deferred.js";

/** How long a shutdown waits: until it is told that there is nothing left, or to hurry, or until its time is up. */
export class Patience {
  readonly #over = deferred<void>();
  #isOver = false;

  /** @param timeout milliseconds; `Infinity` never runs out. */
  async wait(timeout: number): Promise<void> {
    if (this.#isOver) return;
    const timer = timeout === Number.POSITIVE_INFINITY ? undefined : setTimeout(() => this.end(), timeout);
    await this.#over.promise;
    clearTimeout(timer);
  }

  /** Ends the wait; one that has not begun ends at once. */
  end(): void {
    this.#isOver = true;
    this.#over.resolve();
  }
}
