/**
 * Reads a umask as umask(1) does: octal digits, of which leading zeros may be missing.
 *
 * @throws {RangeError} saying what was expected.
 */
export function parseUmask(text: string): number {
  if (/^0?[0-7]{1,3}$/.test(text)) return Number.parseInt(text, 8);
  throw new RangeError("expected octal digits from 0 to 777, such as 022");
}
