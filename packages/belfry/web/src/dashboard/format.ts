/** What stands for a number that is not known. */
export const UNKNOWN = "–";

const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const THIN_SPACE = "\u2009";
const NARROW_SPACE = "\u202F";

/** A whole number, its thousands set apart: `12 345`. */
export function formatCount(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
}

/** Bytes with three digits that count: `512 B`, `1.50 KiB`, `12.3 MiB`. */
export function formatBytes(value: number): string {
  let scaled = Math.max(value, 0);
  let unit = 0;
  // 999.5 would be shown as 1000.
  while (scaled >= 999.5 && unit < BINARY.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(scaled) : threeDigits(scaled)} ${BINARY[unit]}`;
}

/** Bytes a second; {@link UNKNOWN} for `undefined`. */
export function formatByteRate(value: number | undefined): string {
  return value === undefined ? UNKNOWN : `${formatBytes(value)}/s`;
}

/** Something a second: `0`, `0.20`, `1 234`; {@link UNKNOWN} for `undefined`. */
export function formatRate(value: number | undefined): string {
  if (value === undefined) return UNKNOWN;
  if (value === 0) return "0/s";
  return `${value >= 1000 ? formatCount(value) : threeDigits(value)}/s`;
}

/** Seconds as a delay: `0.34 ms`, `12.3 ms`, `1.20 s`. */
export function formatDelay(seconds: number): string {
  return seconds < 0.9995 ? `${threeDigits(seconds * 1000)} ms` : `${threeDigits(seconds)} s`;
}

/** A share of one: `7 %`. */
export function formatShare(share: number): string {
  return `${Math.round(share * 100)}${THIN_SPACE}%`;
}

/** Milliseconds as a span, in at most two units: `12 s`, `3 min 04 s`, `2 h 05 min`, `3 d 04 h`. */
export function formatSpan(span: number): string {
  const seconds = Math.max(Math.floor(span / 1000), 0);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${two(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

/** An instant, in milliseconds since the epoch, as `14:03:07` in the reader's own zone. */
export function formatTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
}

function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
