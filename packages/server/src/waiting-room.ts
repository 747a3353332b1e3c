/** A line of bounded length: first come, first served, and any member may leave before its turn. */
export class WaitingRoom<T> {
  /** The most that wait at a time. */
  readonly capacity: number;
  // A Set keeps the order of arrival and takes a member out of the middle in constant time.
  readonly #line = new Set<T>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#line.size;
  }

  /** Puts `member` at the end. @returns whether there was room. */
  enter(member: T): boolean {
    if (this.#line.size >= this.capacity) return false;
    this.#line.add(member);
    return true;
  }

  /** Takes out who has waited longest; `undefined` when nobody waits. */
  next(): T | undefined {
    for (const member of this.#line) {
      this.#line.delete(member);
      return member;
    }
    return undefined;
  }

  /** Takes `member` out. @returns whether it was there. */
  leave(member: T): boolean {
    return this.#line.delete(member);
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#line.values();
  }
}
