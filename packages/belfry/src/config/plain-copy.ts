/**
 * A copy of what can be sent to another process and arrives there as it was: texts, numbers, dates, lists and plain objects of them.
 *
 * @returns `null` when there is something else in it: functions, symbols, objects of a class.
 */
export function plainCopy<T extends object>(value: T): T | null {
  return isPlain(value, new Set()) ? structuredClone(value) : null;
}

function isPlain(value: unknown, seen: Set<object>): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function" && typeof value !== "symbol";
  // YAML's aliases make one object stand in many places, and JavaScript can make circles.
  if (seen.has(value)) return true;
  seen.add(value);
  // A date of TOML's is one with more to it, which stays behind.
  if (value instanceof Date) return true;
  if (Array.isArray(value)) return value.every((each) => isPlain(each, seen));
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === null || prototype === Object.prototype) && Object.values(value).every((each) => isPlain(each, seen))
  );
}
