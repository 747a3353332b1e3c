import { onAbort } from "@belfry/sync";

/** What `promise` settles to, unless `signal` aborts first: then rejects with its reason and leaves the promise be. */
export function unless<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const off = onAbort(signal, reject);
    promise.then(resolve, reject).finally(off);
  });
}
