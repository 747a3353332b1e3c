import stringWidth from "string-width";
import { cut } from "../terminal/cut.js";
import type { Style } from "../terminal/paint.js";
import { formatByteRate, formatCount } from "./format.js";
import type { Sheet } from "./grid.js";
import type { Totals } from "./measure.js";
import { sparkline } from "./sparkline.js";

interface Meter {
  readonly name: string;
  readonly style: Style;
  readonly text: (totals: Totals) => string;
  readonly value: (totals: Totals) => number;
}

const METERS: readonly Meter[] = [
  {
    name: "conns",
    style: "cyan",
    text: ({ connections }) => formatCount(connections).padStart(7),
    value: ({ connections }) => connections,
  },
  { name: "in", style: "green", text: ({ read }) => rate(read), value: ({ read }) => read ?? 0 },
  { name: "out", style: "magenta", text: ({ written }) => rate(written), value: ({ written }) => written ?? 0 },
];
const MARGIN = 2;
const GAP = 3;
/** Shorter than this a plot says nothing. */
const MIN_PLOT = 3;
/** Longer than this it takes the eye too far. */
const MAX_PLOT = 60;

/** One line: connections, bytes in and bytes out a second, each with a plot of its history as wide as there is room. */
export function drawMeters(totals: Totals, history: readonly Totals[], { columns, paint }: Sheet): string {
  const each = Math.floor((columns - MARGIN - GAP * (METERS.length - 1)) / METERS.length);
  const parts = METERS.map(({ name, style, text, value }) => {
    const label = `${name} ${text(totals)}`;
    const width = Math.min(each - stringWidth(label) - 1, MAX_PLOT);
    if (history.length === 0) return `${paint("dim", name)} ${paint("bold", text(totals).trim())}`;
    if (width < MIN_PLOT) return cut(label, Math.max(each, 0)).padEnd(each);
    return `${paint("dim", name)} ${paint("bold", text(totals))} ${paint(style, sparkline(history.map(value), width))}`;
  });
  return `${" ".repeat(MARGIN)}${parts.join(" ".repeat(GAP))}`;
}

function rate(value: number | null): string {
  return formatByteRate(value).padStart(9);
}
