/** Milliseconds of the first rest, and of the longest. */
const FIRST = 100;
const LONGEST = 5000;

/**
 * A time in which calls go to the thread pool, because some that were made at once have taken long: a moment when the
 * processor was busy with something else, and twice as long each time it happens soon again, as on a slow disk.
 */
export class Rest {
  #until = 0;
  /** How long the last one was, and when it ended. */
  #length = 0;
  #endedAt = 0;

  /** Whether there is none, or no more. */
  get isOver(): boolean {
    if (this.#until === 0) return true;
    if (performance.now() < this.#until) return false;
    this.#endedAt = this.#until;
    this.#until = 0;
    return true;
  }

  begin(): void {
    const now = performance.now();
    const isSoonAgain = now - this.#endedAt <= this.#length;
    this.#length = isSoonAgain ? Math.min(this.#length * 2, LONGEST) : FIRST;
    this.#until = now + this.#length;
  }
}
