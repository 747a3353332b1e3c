/** Something that is reached once, or never will be. */
export interface Milestone<T> {
  /** Nobody has to catch its rejection. */
  readonly promise: Promise<T>;
  readonly isSettled: boolean;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** The first of `resolve` and `reject` counts. */
export function createMilestone<T>(): Milestone<T> {
  let isSettled = false;
  let settle: { resolve: (value: T) => void; reject: (reason: unknown) => void } | null = null;
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
  promise.catch(() => {});
  return {
    promise,
    get isSettled() {
      return isSettled;
    },
    resolve(value) {
      isSettled = true;
      settle?.resolve(value);
    },
    reject(reason) {
      isSettled = true;
      settle?.reject(reason);
    },
  };
}
