import { setImmediate } from "node:timers/promises";

/** What has become of a promise. */
export type Outcome<T> =
  | { readonly state: "waiting" }
  | { readonly state: "resolved"; readonly value: T }
  | { readonly state: "rejected"; readonly reason: unknown };

/** Watches a promise, so that a test can look at it without waiting for it. */
export function watch<T>(promise: Promise<T>): () => Outcome<T> {
  let outcome: Outcome<T> = { state: "waiting" };
  promise.then(
    (value) => (outcome = { state: "resolved", value }),
    (reason: unknown) => (outcome = { state: "rejected", reason }),
  );
  return () => outcome;
}

/** Lets every task run that can. */
export async function settle(): Promise<void> {
  await setImmediate();
}
