/** Past this a timer of the runtime fires at once instead of never. */
const MAX_DELAY = 2_147_483_647;

/**
 * Checks a duration passed by a caller.
 *
 * @throws {TypeError | RangeError} unless it is 0 to 2^31 - 1 milliseconds or `Infinity`, naming it.
 */
export function checkDelay(option: string, value: unknown): number {
  if (typeof value !== "number") {
    const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
    throw new TypeError(`Cannot use ${option} ${shown}: expected a number of milliseconds`);
  }
  if (value >= 0 && (value <= MAX_DELAY || value === Number.POSITIVE_INFINITY)) return value;
  throw new RangeError(`Cannot use ${option} ${value}: expected 0 to ${MAX_DELAY} milliseconds, or Infinity`);
}

/** Calls back after a checked duration, which is never for `Infinity`. @returns what `clearTimeout` takes. */
export function startTimer(delay: number, onTime: () => void): NodeJS.Timeout | undefined {
  return delay === Number.POSITIVE_INFINITY ? undefined : setTimeout(onTime, delay);
}
