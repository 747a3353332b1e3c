import uPlot from "uplot";
import { formatTime } from "./format.js";

/** One line of a plot. */
export interface Line {
  readonly label: string;
  /** The CSS class whose `color` it is drawn in. */
  readonly mark: string;
}

/** What a plot is of. */
export interface PlotOptions {
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** How high the plot is when all is quiet, in the unit of its values. */
  readonly leastTop: number;
  /** Whether the axis has round numbers of the binary kind. */
  readonly isBinary: boolean;
  /** Called with the index of the point under the pointer, `null` when it has left. */
  readonly onPoint: (index: number | null) => void;
}

/** Instants in seconds, then the values of each line. */
export type PlotData = uPlot.AlignedData;

/** A plot on the page. */
export interface Plot {
  /** @param from @param to what the time axis spans, in seconds since the epoch. */
  draw(data: PlotData, from: number, to: number): void;
  /** Draws in the colours that hold now. */
  recolour(): void;
}

const HEIGHT = 132;
/** What two labels of the time axis may be apart, in seconds. */
const STEPS = [60, 120, 300, 600, 900, 1800];
const FONT = `11px system-ui, -apple-system, "Segoe UI", sans-serif`;

/** Puts a plot of lines over time into an element, as wide as that is, whatever becomes of its width. */
export function createPlot(container: HTMLElement, options: PlotOptions): Plot {
  const { lines, format, leastTop, isBinary, onPoint } = options;
  const colour = (mark: string): string => readColour(container, mark);
  const axis = { stroke: () => colour("ink-soft"), font: FONT, ticks: { show: false } } satisfies uPlot.Axis;
  const grid = { stroke: () => colour("grid"), width: 1 };
  const plot = new uPlot(
    {
      width: Math.max(container.clientWidth, 100),
      height: HEIGHT,
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, sync: { key: "belfry" }, points: { size: 6 }, y: false },
      scales: { y: { range: (_plot, _min, max) => [0, topOf(Math.max(max ?? 0, leastTop), isBinary)] } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 22,
          space: 52,
          incrs: STEPS,
          values: (_plot, splits) => splits.map(formatMinute),
        },
        {
          ...axis,
          grid,
          size: 62,
          gap: 6,
          splits: (_plot, _axis, _min, max) => [0, max / 2, max],
          values: (_plot, splits) => splits.map((split) => (split === 0 ? "0" : shorten(format(split)))),
        },
      ],
      series: [
        {},
        ...lines.map(({ label, mark }) => ({
          label,
          stroke: () => colour(mark),
          width: 1.5,
          fill: () => (lines.length === 1 ? `color-mix(in srgb, ${colour(mark)} 14%, transparent)` : "transparent"),
          points: { show: false },
        })),
      ],
      hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
    },
    [[], ...lines.map(() => [])],
    container,
  );
  new ResizeObserver(() => {
    const width = container.clientWidth;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT });
  }).observe(container);
  return {
    draw(data, from, to) {
      plot.batch(() => {
        plot.setData(data, false);
        plot.setScale("x", { min: from, max: to });
      });
    },
    recolour: () => plot.redraw(false),
  };
}

/** Custom properties are not resolved for scripts; a colour is, on an element that wears it. */
function readColour(container: HTMLElement, mark: string): string {
  const probe = container.parentElement?.querySelector(`.${mark}`) ?? container;
  return getComputedStyle(probe).color;
}

/** A round number above the highest value, so that the axis seldom changes; its half is round, too. */
function topOf(max: number, isBinary: boolean): number {
  const base = isBinary ? 2 : 10;
  const magnitude = base ** Math.floor(Math.log(max) / Math.log(base));
  const tops = (isBinary ? [1, 1.5, 2] : [1, 2, 4, 6, 8, 10]).map((factor) => factor * magnitude);
  return tops.find((top) => top >= max * 1.02) ?? 2 * base * magnitude;
}

/** Without the zeros that stand for nothing: `2.00 MiB` is `2 MiB`. */
function shorten(text: string): string {
  return text.replace(/\.(\d*?)0+(?!\d)/, (_match, digits: string) => (digits === "" ? "" : `.${digits}`));
}

function formatMinute(seconds: number): string {
  return formatTime(seconds * 1000).slice(0, 5);
}
