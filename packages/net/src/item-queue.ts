/** Something to send, and its length in bytes. */
export interface Item {
  readonly data: Uint8Array | string;
  readonly length: number;
}

/** A queue of items, bounded in their number and in their bytes. */
export class ItemQueue {
  readonly capacity: number;
  readonly maxBytes: number;
  #items: (Item | undefined)[] = [];
  /** Slots before this one are empty: to shift an array of thousands for each item is slow. */
  #head = 0;
  #bytes = 0;

  constructor(capacity: number, maxBytes: number) {
    this.capacity = capacity;
    this.maxBytes = maxBytes;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  hasRoom(length: number): boolean {
    return this.size < this.capacity && this.#bytes + length <= this.maxBytes;
  }

  push(item: Item): void {
    this.#items.push(item);
    this.#bytes += item.length;
  }

  /** Removes the oldest item. */
  shift(): void {
    this.#bytes -= this.#items[this.#head]?.length ?? 0;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head < this.capacity) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#bytes = 0;
  }

  /** Removes all items and joins them; there is at least one. */
  takeAll(): Uint8Array | string {
    const items = this.#items.slice(this.#head) as Item[];
    const bytes = this.#bytes;
    this.clear();
    const [first] = items;
    if (first !== undefined && items.length === 1) return first.data;
    // Encoded one by one: halves of a surrogate pair that meet in a joined string would become another character.
    const joined = Buffer.allocUnsafe(bytes);
    let at = 0;
    for (const { data, length } of items) {
      if (typeof data === "string") joined.write(data, at);
      else joined.set(data, at);
      at += length;
    }
    return joined;
  }
}
