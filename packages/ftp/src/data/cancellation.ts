import { onAbort } from "@belfry/sync";
import type { TransferProgress } from "./transfer-plan.js";

const IGNORE = (): void => {};

/**
 * Whether a transfer is to stop, and why. One who waits in the transfer is told by a call; only for others is there a signal, since
 * to make one and to listen to it takes as long as to send a small file.
 */
export class Cancellation {
  #reason: { readonly value: unknown } | null = null;
  #controller: AbortController | null = null;
  #tell: (reason: unknown) => void = IGNORE;

  get isCancelled(): boolean {
    return this.#reason !== null;
  }

  /** What it was cancelled with; `undefined` before. */
  get reason(): unknown {
    return this.#reason?.value;
  }

  /** Aborted with the reason. Made when asked for. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#reason !== null) this.#controller.abort(this.#reason.value);
    }
    return this.#controller.signal;
  }

  /** The first counts. */
  cancel(reason: unknown): void {
    if (this.#reason !== null) return;
    this.#reason = { value: reason };
    this.#controller?.abort(reason);
    this.#tell(reason);
  }

  /** @throws the reason, once there is one. */
  throwIfCancelled(): void {
    if (this.#reason !== null) throw this.#reason.value;
  }

  /** Has `tell` called when it is cancelled, at once where it was; in place of whoever was to be told before. `null`: nobody is. */
  onCancel(tell: ((reason: unknown) => void) | null): void {
    this.#tell = tell ?? IGNORE;
    if (this.#reason !== null) this.#tell(this.#reason.value);
  }
}

/**
 * Calls `tell` once when the transfer is to stop, at once where it is already.
 *
 * @returns takes `tell` off again.
 */
export function onCancel(progress: TransferProgress, tell: (reason: unknown) => void): () => void {
  if (progress.onCancel === undefined) return onAbort(progress.signal, tell);
  progress.onCancel(tell);
  return () => progress.onCancel?.(null);
}
