/** Options of {@link until}. */
export interface UntilOptions {
  /** Milliseconds until the wait has failed. Default 5000. */
  readonly timeout?: number | undefined;
}

/**
 * Waits, one turn of the event loop after another, until `condition` gives true. For what shows only in a state; where
 * there is an event or a promise, wait for that.
 *
 * @throws {Error} with the text of the condition, after `timeout`.
 */
export async function until(condition: () => boolean | Promise<boolean>, options: UntilOptions = {}): Promise<void> {
  const { timeout = 5000 } = options;
  const end = performance.now() + timeout;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Not so after ${timeout} ms: ${String(condition)}`);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
