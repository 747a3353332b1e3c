import type { PrintedLine, Prints } from "./prints.js";

/** Characters that are kept. */
const MOST = 65_536;

/** What is printed before it is known where to goes there then. */
export class HeldPrints implements Prints {
  #target: Prints | null = null;
  #held: PrintedLine[] = [];
  #length = 0;
  #onOpen: () => void = () => {};
  readonly #opened = new Promise<void>((resolve) => (this.#onOpen = resolve));

  get room(): Promise<void> | null {
    if (this.#target !== null) return this.#target.room;
    return this.#length < MOST ? null : this.#opened;
  }

  write(lines: readonly PrintedLine[]): void {
    if (this.#target !== null) return this.#target.write(lines);
    this.#held.push(...lines);
    for (const { text } of lines) this.#length += text.length;
  }

  /** From now on everything goes to `target`, what was held first. */
  open(target: Prints): void {
    this.#target = target;
    target.write(this.#held);
    this.#held = [];
    this.#onOpen();
  }
}
