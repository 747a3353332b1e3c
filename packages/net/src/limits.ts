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

/**
 * Checks the permissions of a Unix socket's file.
 *
 * @throws {RangeError} when they are not a whole number from 0 to 0o777, naming it.
 */
export function checkMode(mode: number | undefined): void {
  if (mode === undefined || (Number.isInteger(mode) && mode >= 0 && mode <= 0o777)) return;
  throw new RangeError(`Cannot use mode ${mode}: expected a whole number from 0 to 0o777`);
}
