/**
 * Checks a limit passed by a caller.
 *
 * @throws {RangeError} when it is not a whole number of at least 1, naming it.
 */
export function checkLimit(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`Cannot use ${name} ${value}: expected a whole number of at least 1`);
  }
  return value;
}
