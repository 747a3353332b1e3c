import { formatBytes } from "../text/format-bytes.js";

/** What stands where there is no number. */
export const NOTHING = "–";

const LARGE = [
  [1e3, "K"],
  [1e6, "M"],
  [1e9, "G"],
  [1e12, "T"],
  [1e15, "P"],
] as const;

/** A whole number with its thousands apart, from a hundred thousand on in about three figures: `1,234`, `1.23 M`. */
export function formatCount(count: number): string {
  if (count < 100_000) return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ",");
  const unit = LARGE.findIndex(([size]) => count < size * 999.5);
  const [size, name] = LARGE[unit === -1 ? LARGE.length - 1 : unit] as (typeof LARGE)[number];
  const value = count / size;
  return `${value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2)} ${name}`;
}

/** So many a second; {@link NOTHING} when that is not known yet. */
export function formatPerSecond(rate: number | null): string {
  if (rate === null) return NOTHING;
  return rate === 0 ? "0" : `${rate < 9.95 ? rate.toFixed(1) : formatCount(rate)}/s`;
}

/** Bytes a second; {@link NOTHING} when that is not known yet. */
export function formatByteRate(rate: number | null): string {
  if (rate === null) return NOTHING;
  return rate === 0 ? "0" : `${formatBytes(Math.max(rate, 1))}/s`;
}

/** A share as a percentage; of several cores it may be above 100. */
export function formatShare(share: number | null): string {
  return share === null ? NOTHING : `${Math.round(share * 100)} %`;
}

/** A delay of the event loop, given in seconds. */
export function formatDelay(seconds: number): string {
  const ms = seconds * 1000;
  return ms < 1000 ? `${ms.toFixed(ms < 9.95 ? 1 : 0)} ms` : `${seconds.toFixed(1)} s`;
}
