import stringWidth from "string-width";
import { cut } from "../terminal/cut.js";
import { formatBytes } from "../text/format-bytes.js";
import { formatClock, formatRate } from "./format.js";
import { printable } from "./names.js";

/** A transfer under way. */
export interface ProgressState {
  readonly name: string;
  /** Bytes there already when it began, as in a resumed transfer. */
  readonly before: number;
  /** Bytes moved since. */
  readonly moved: number;
  /** Bytes in the end; `null` when nobody knows. */
  readonly total: number | null;
  /** Milliseconds since it began. */
  readonly elapsed: number;
}

const MAX_BAR = 40;
const MIN_BAR = 8;

/** One line of at most `columns` columns: name, bar, share, bytes, rate, and the time that is left. */
export function progressLine(state: ProgressState, columns: number): string {
  const { before, moved, total, elapsed } = state;
  const done = before + moved;
  const rate = formatRate(moved, elapsed).padStart(10);
  const name = printable(state.name);
  if (total === null) return cut(`${name}  ${formatBytes(done).padStart(8)}  ${rate}`, columns - 1);
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const left = moved === 0 ? "-:--" : formatClock((elapsed * Math.max(0, total - done)) / moved);
  const figures = `${String(Math.floor(share * 100)).padStart(3)}%  ${formatBytes(done).padStart(8)}  ${rate}  ${left.padStart(5)} left`;
  const space = columns - 1 - stringWidth(figures) - 2;
  const nameWidth = Math.min(stringWidth(name), Math.max(10, space - MIN_BAR - 2));
  const bar = Math.min(MAX_BAR, space - nameWidth - 2);
  const label = cut(name, nameWidth);
  const parts = bar >= MIN_BAR ? [label, drawBar(share, bar), figures] : [label, figures];
  return cut(parts.join("  "), columns - 1);
}

function drawBar(share: number, width: number): string {
  const filled = Math.round(share * width);
  return `${"━".repeat(filled)}${"─".repeat(width - filled)}`;
}
