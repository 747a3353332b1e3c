const SMALLEST = 8;

/** First in, first out, in an array that grows up to what is needed and is used round. */
export class Ring<T> {
  #items: (T | undefined)[] = [];
  #mask = -1;
  #head = 0;
  size = 0;

  push(item: T): void {
    if (this.size > this.#mask) this.#grow();
    this.#items[(this.#head + this.size) & this.#mask] = item;
    this.size++;
  }

  /** The caller has made sure that there is one. */
  shift(): T {
    const at = this.#head;
    const item = this.#items[at] as T;
    this.#items[at] = undefined;
    this.#head = (at + 1) & this.#mask;
    this.size--;
    return item;
  }

  /** Takes the first `count`, which the caller has made sure of. */
  shiftMany(count: number): T[] {
    const end = this.#head + count;
    const over = end - this.#items.length;
    const taken = this.#items.slice(this.#head, end);
    this.#items.fill(undefined, this.#head, end);
    if (over > 0) {
      for (let i = 0; i < over; i++) {
        taken.push(this.#items[i]);
        this.#items[i] = undefined;
      }
    }
    this.#head = end & this.#mask;
    this.size -= count;
    return taken as T[];
  }

  /** A length that is a power of two lets a mask stand for the remainder. */
  #grow(): void {
    const items: (T | undefined)[] = [];
    for (let i = 0; i < this.size; i++) items.push(this.#items[(this.#head + i) & this.#mask]);
    const length = Math.max(SMALLEST, items.length * 2);
    while (items.length < length) items.push(undefined);
    this.#items = items;
    this.#mask = length - 1;
    this.#head = 0;
  }
}
