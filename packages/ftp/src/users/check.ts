import { resolvePath } from "../protocol/path.js";
import { hasControl } from "../protocol/text.js";

/** The longest a timer of Node's runs, in milliseconds. */
export const MAX_TIME = 2 ** 31 - 1;

/** @throws {RangeError} unless `value` is a whole number from `least` to `most`, naming it. */
export function checkWhole(name: string, value: number, least = 1, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new RangeError(`Cannot use ${name} ${show(value)}: expected a whole number ${range}`);
}

/** @throws {TypeError} unless `value` is text without control characters, and not empty unless it may be. */
export function checkText(name: string, value: string, mayBeEmpty = false): void {
  if (typeof value !== "string" || hasControl(value)) {
    throw new TypeError(`Cannot use ${name} ${show(value)}: expected text without control characters`);
  }
  if (value === "" && !mayBeEmpty) throw new TypeError(`Cannot use ${name} "": it is empty`);
}

/** @throws {TypeError} unless `value` is a path as a storage takes it. */
export function checkPath(name: string, value: string): void {
  if (typeof value === "string" && !hasControl(value) && resolvePath("/", value) === value) return;
  throw new TypeError(
    `Cannot use ${name} ${show(value)}: expected an absolute path without "." and "..", such as "/in"`,
  );
}

/** A value of a wrong option, as messages show it. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? typeof value : String(value);
}
