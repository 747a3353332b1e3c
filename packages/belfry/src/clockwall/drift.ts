/** Zones differ by whole quarters of an hour, so what is left is the clock's own. In milliseconds. */
const QUARTER = 900_000;

/**
 * How far a clock is from this machine's, whatever its zone: the milliseconds from the second it tells to the moment its
 * line came. Positive for a line that is late, or a clock that is slow; from -450,000 up to 450,000.
 *
 * @param time what it told: a text with `HH:MM:SS` in it.
 * @param at when the line came, in milliseconds since the epoch.
 * @returns `null` when the text tells no time of day.
 */
export function drift(time: string, at: number): number | null {
  const match = /(?<!\d)([01]?\d|2[0-3]):([0-5]\d):([0-5]\d)(?!\d)/.exec(time);
  if (match === null) return null;
  const [hours, minutes, seconds] = match.slice(1).map(Number) as [number, number, number];
  const told = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  const late = (((at - told) % QUARTER) + QUARTER) % QUARTER;
  return late >= QUARTER / 2 ? late - QUARTER : late;
}
