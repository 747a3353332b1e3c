import type { Style } from "../terminal/paint.js";

/** Where nothing happens the eye need not go. */
export function quiet(value: number | null): Style | undefined {
  return value === null || value === 0 ? "dim" : undefined;
}

/** What should better be nothing. */
export function loud(value: number, style: Style): Style {
  return value === 0 ? "dim" : style;
}
