import { Group, onAbort } from "@belfry/sync";
import type { WaitOptions } from "@belfry/sync";

/** Work that is done once for all who ask for it while it is under way, and called off when all of them have gone. */
export class SharedTask {
  readonly #work: (signal: AbortSignal) => Promise<void>;
  #run: Run | null = null;

  constructor(work: (signal: AbortSignal) => Promise<void>) {
    this.#work = work;
  }

  /**
   * Waits for the work under way, or starts it.
   *
   * @param name for the list of live tasks, if this call starts it.
   * @throws what the work throws. @throws `signal.reason` when it aborts first.
   */
  async join(name: string, { signal }: WaitOptions): Promise<void> {
    signal?.throwIfAborted();
    const run = (this.#run ??= this.#start(name));
    run.waiting += 1;
    let off: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        run.ended.then(resolve, reject);
        off = signal && onAbort(signal, reject);
      });
    } finally {
      off?.();
      run.waiting -= 1;
      if (run.waiting === 0) this.#callOff(run);
    }
  }

  #start(name: string): Run {
    const group = new Group({ name: "quota" });
    void group.go((signal) => this.#work(signal), name);
    const run: Run = { group, waiting: 0, ended: group.wait().finally(() => this.#forget(run)) };
    return run;
  }

  /** Without effect when it has ended. */
  #callOff(run: Run): void {
    this.#forget(run);
    run.group.cancel();
  }

  #forget(run: Run): void {
    if (this.#run === run) this.#run = null;
  }
}

interface Run {
  readonly group: Group;
  readonly ended: Promise<void>;
  waiting: number;
}
