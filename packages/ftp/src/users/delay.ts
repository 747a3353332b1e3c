import { onAbort } from "@belfry/sync";

/**
 * Resolves `ms` milliseconds after `since`, or when the signal aborts; at once when that is over.
 *
 * @param since milliseconds since the epoch.
 */
export function elapse(ms: number, since: number, signal: AbortSignal): Promise<void> {
  // Not longer than `ms`, should the clock have been set back meanwhile.
  const left = Math.min(ms, since + ms - Date.now());
  if (left <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      forget();
      resolve();
    };
    const timer = setTimeout(end, left);
    const forget = onAbort(signal, end);
  });
}
