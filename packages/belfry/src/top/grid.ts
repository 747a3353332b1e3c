import stringWidth from "string-width";
import { cut } from "../terminal/cut.js";
import type { Paint, Style } from "../terminal/paint.js";

/** A column of a grid, and what stands in it. */
export interface Column<Row> {
  readonly heading: string;
  /** Default left. */
  readonly isRight?: boolean;
  /** How dispensable it is: where the width does not do, the highest goes first. 0 stays. */
  readonly rank: number;
  /** At least so wide, so that usual numbers do not move what stands beside them. */
  readonly floor?: number;
  /** It may be cut to this width; its whole width when absent. */
  readonly least?: number;
  cell(row: Row): Cell;
}

/** A cell of a grid. */
export interface Cell {
  readonly text: string;
  readonly style?: Style | undefined;
}

/** What a grid is drawn into. */
export interface Sheet {
  readonly columns: number;
  readonly paint: Paint;
}

/** What is laid out by. */
type Measure = Omit<Column<never>, "cell">;

const MARGIN = 2;
const GAP = 2;

/**
 * Lays out rows under headings, two blanks apart, no line wider than the sheet: what may be cut is cut, after columns that
 * can be done without have gone.
 *
 * @param sorted the heading that is marked; none when absent.
 * @returns lines without their ends, the headings first.
 */
export function drawGrid<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  sheet: Sheet,
  sorted?: string,
): string[] {
  const headings = columns.map(({ heading }): Cell =>
    heading === sorted && heading !== "" ? { text: `${heading}▾`, style: "bold" } : { text: heading, style: "dim" },
  );
  const lines = [headings, ...rows.map((row) => columns.map((column) => column.cell(row)))];
  const widths = fit(columns, lines, sheet.columns - MARGIN);
  return lines.map((cells) => {
    const parts = columns.flatMap((column, at) => {
      const width = widths[at] ?? 0;
      return width === 0 ? [] : [pad(cells[at] ?? { text: "" }, width, column, sheet.paint)];
    });
    return `${" ".repeat(MARGIN)}${parts.join(" ".repeat(GAP))}`.trimEnd();
  });
}

/** A line of parts, two blanks apart, of which as many are left out at the end as the sheet has no room for. */
export function drawLine(parts: readonly Cell[], { columns, paint }: Sheet, gap = "  "): string {
  let line = "";
  let room = columns - MARGIN;
  for (const { text, style } of parts) {
    const before = line === "" ? "" : gap;
    const width = stringWidth(before + text);
    if (width > room && line !== "") continue;
    line += paint("dim", before) + styled({ text: cut(text, room), style }, paint);
    room -= width;
  }
  return " ".repeat(MARGIN) + line;
}

/** The columns' widths, 0 for one that is left out. */
function fit(columns: readonly Measure[], rows: readonly (readonly Cell[])[], room: number): number[] {
  const widths = columns.map(({ floor = 0 }, at) =>
    Math.max(floor, ...rows.map((cells) => stringWidth(cells[at]?.text ?? ""))),
  );
  const least = widths.map((width, at) => Math.min(columns[at]?.least ?? width, width));
  const byRank = columns.map((_, at) => at).sort((one, other) => rankOf(columns, other) - rankOf(columns, one));
  for (const at of byRank) {
    if (total(least) <= room) break;
    if (rankOf(columns, at) === 0) continue;
    widths[at] = 0;
    least[at] = 0;
  }
  for (const at of byRank) {
    const excess = total(widths) - room;
    const width = widths[at] ?? 0;
    if (excess > 0) widths[at] = Math.max(width - excess, least[at] ?? width);
  }
  return widths;
}

function rankOf(columns: readonly Measure[], at: number): number {
  return columns[at]?.rank ?? 0;
}

function total(widths: readonly number[]): number {
  const used = widths.filter((width) => width > 0);
  return used.reduce((sum, width) => sum + width, 0) + GAP * Math.max(used.length - 1, 0);
}

function pad(cell: Cell, width: number, { isRight }: Measure, paint: Paint): string {
  const text = cut(cell.text, width);
  const blanks = " ".repeat(width - stringWidth(text));
  const shown = styled({ text, style: cell.style }, paint);
  return isRight === true ? blanks + shown : shown + blanks;
}

function styled({ text, style }: Cell, paint: Paint): string {
  return style === undefined ? text : paint(style, text);
}
