import fs from "node:fs";
import { BulkTouches } from "./bulk-touches.js";
import { open, rename, writeNow } from "./calls.js";
import { Rest } from "./rest.js";
import type { SystemPath } from "./system-path.js";

/** Milliseconds from which a call has waited for a disk, or for a turn on a busy processor. */
const SLOW = 10;
/** Bytes that are read or written at once: copying them takes less than the pool's two changes of thread. */
export const TOUCH_SIZE = 65_536;

/**
 * The calls that make, move, read and write something small. On a file system that is local they are made at once: the page cache
 * takes them in a few µs, where the thread pool costs 20 to 50 each, and a small file needs three of them. A call
 * that waits has the following ones made in the pool for a while: a moment when the processor was busy with something else,
 * and twice as long each time it happens again, so that a slow disk soon holds up other sessions once in five seconds at most.
 */
export class Touches {
  /** What is too large to be a touch, and quick nonetheless. */
  readonly bulk: BulkTouches;
  readonly #isLocal: boolean;
  readonly #rest = new Rest();

  constructor(isLocal: boolean) {
    this.#isLocal = isLocal;
    this.bulk = new BulkTouches(isLocal);
  }

  /** Whether calls are made at once now. */
  get areQuick(): boolean {
    return this.#isLocal && this.#rest.isOver;
  }

  /** @see open(2) */
  async open(path: SystemPath, flags: number, mode: number): Promise<number> {
    return this.areQuick ? this.together(() => fs.openSync(path, flags, mode)) : open(path, flags, mode);
  }

  /** @see rename(2) */
  async rename(from: SystemPath, to: SystemPath): Promise<void> {
    return this.areQuick ? this.together(() => fs.renameSync(from, to)) : rename(from, to);
  }

  /** Fills `target`, as far as there is anything to fill it with. Only while {@link areQuick}. @returns the bytes read. */
  read(fd: number, target: Uint8Array, position: number): number {
    return this.together(() => {
      let length = 0;
      while (length < target.length) {
        const count = fs.readSync(fd, target, length, target.length - length, position + length);
        if (count === 0) break;
        length += count;
      }
      return length;
    });
  }

  /** Writes all of `data`. Only while {@link areQuick}. */
  write(fd: number, data: Uint8Array, position: number): void {
    this.together(() => writeNow(fd, data, position));
  }

  /** Makes several of these calls as one. Only while {@link areQuick}. */
  together<T>(touches: () => T): T {
    const since = performance.now();
    try {
      return touches();
    } finally {
      this.took(performance.now() - since);
    }
  }

  /** Tells what a call that was made at once elsewhere has taken, in milliseconds. */
  took(ms: number): void {
    if (ms >= SLOW) this.#rest.begin();
  }
}
