import { formatCount } from "./format.js";
import type { Sheet } from "./grid.js";

/** How a table is fitted in. */
export interface BlockFit {
  /** Lines it may have. */
  readonly size: number;
  /** Whether a blank one of them comes first. */
  readonly isApart: boolean;
  /** Rows there are, drawn or not. */
  readonly total: number;
  /** The row that must be seen; -1 or absent for none. */
  readonly selected?: number;
}

/**
 * As much of a table as fits, the number of rows left out in the place of the last one.
 *
 * @param lines the headings and the rows.
 */
export function drawBlock(
  lines: readonly string[],
  { size, isApart, total, selected = -1 }: BlockFit,
  sheet: Sheet,
): string[] {
  const [headings = "", ...rows] = lines;
  const before = isApart ? [""] : [];
  const room = size - before.length - 1;
  if (room < 1) return [];
  if (total <= room && rows.length === total) return [...before, headings, ...rows];
  const kept = room - 1;
  const first = Math.max(selected - kept + 1, 0);
  const shown = rows.slice(first, first + kept);
  const more = sheet.paint("dim", `… ${formatCount(total - shown.length)} more`);
  return [...before, headings, ...shown, `  ${more}`];
}
