const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The longest wait a runtime timer can make: 2^31 - 1 ms, a little under 25 days. */
const MAX_DURATION = 2 ** 31 - 1;

/**
 * Reads a duration: a number with its unit (`500ms`, `10s`, `1.5m`, `2h`), several of them (`1m30s`), or `0`.
 *
 * @returns whole milliseconds, 0 to 2^31 - 1; what 0 stands for (mostly: none) is the option's affair.
 * @throws {RangeError} when the text is no duration or a longer one, saying what was expected.
 */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) {
    throw new RangeError("expected a number with a unit, such as 500ms, 10s or 5m, or 0");
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (UNITS[unit as string] as number);
  }
  const rounded = Math.round(total);
  if (rounded > MAX_DURATION) throw new RangeError("expected at most 24 days (576h)");
  return rounded;
}

/** Shows milliseconds as {@link parseDuration} reads them, in the largest unit that divides them: `90s`, `5m`, `0`. */
export function formatDuration(duration: number): string {
  if (duration === 0) return "0";
  for (const unit of ["h", "m", "s"]) {
    const length = UNITS[unit] as number;
    if (duration % length === 0) return `${duration / length}${unit}`;
  }
  return `${duration}ms`;
}
