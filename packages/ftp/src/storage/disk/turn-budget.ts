/** Bytes a turn: to read and to send them takes about half a millisecond. */
const BUDGET = 1 << 20;

interface Waiter {
  readonly bytes: number;
  readonly resolve: () => void;
}

/**
 * A bound on what is read at once in one turn of the event loop, by all readers together: no microtask of theirs gives the
 * turn back. Who comes too late has a later turn, in order.
 */
export class TurnBudget {
  #left = BUDGET;
  #isArmed = false;
  readonly #waiting: Waiter[] = [];

  /**
   * Takes `bytes` of the turn's. The last to take some may take more than are left.
   *
   * @returns `null` when there were some left, else what resolves in the turn that has them.
   */
  take(bytes: number): Promise<void> | null {
    this.#arm();
    if (this.#left > 0 && this.#waiting.length === 0) {
      this.#left -= bytes;
      return null;
    }
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, resolve });
    });
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    setImmediate(() => this.#begin());
  }

  #begin(): void {
    this.#isArmed = false;
    this.#left = BUDGET;
    while (this.#left > 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#left -= next.bytes;
      this.#arm();
      next.resolve();
    }
  }
}

/** That of the process. */
export const turnBudget = new TurnBudget();
