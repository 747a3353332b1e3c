import { onAbort } from "@belfry/sync";

/**
 * Waits for `running` or for `signal`, whichever comes first.
 *
 * @param release gets what comes of `running` after all when the signal was first.
 * @throws `signal.reason`, or what `running` rejects with.
 */
export function abortable<T>(
  running: Promise<T>,
  signal: AbortSignal | undefined,
  release: (late: T) => unknown,
): Promise<T> {
  if (signal === undefined) return running;
  return new Promise((resolve, reject) => {
    let isOver = false;
    const off = onAbort(signal, (reason) => {
      isOver = true;
      reject(reason);
    });
    const settle = (value: T): void => {
      off();
      if (isOver) release(value);
      else resolve(value);
    };
    const fail = (error: unknown): void => {
      off();
      reject(error);
    };
    running.then(settle, fail);
  });
}
