import type { WallFace, WallState } from "@belfry/clock";
import stringWidth from "string-width";
import { cut } from "../terminal/cut.js";
import type { PictureFrame } from "../terminal/live-picture.js";
import { createPaint, type Paint, type Style } from "../terminal/paint.js";
import { formatAge } from "../text/format-age.js";

/** What a wall is drawn into. */
export interface Canvas extends PictureFrame {
  /** What ends the view, to be told below the clocks; empty once it has ended. */
  readonly hint: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

interface Cell {
  readonly text: string;
  readonly style: Style;
}

const MARKS: Readonly<Record<WallState, string>> = { connecting: "○", ticking: "●", stalled: "◐", lost: "✕" };
const STYLES: Readonly<Record<WallState, Style>> = {
  connecting: "cyan",
  ticking: "green",
  stalled: "yellow",
  lost: "red",
};
const NO_TIME = "--:--:--";
const HEADINGS = ["", "CLOCK", "TIME", "STATE", "ADDRESS", ""] as const;
const MARGIN = 2;
const GAP = 2;
/** Lines that are not rows: blank, headings, blank, summary, the cursor's own. */
const FRAME_LINES = 5;
const MIN_NAME = 4;
/** Wide enough for the usual changes of state not to move what stands behind it. */
const USUAL_STATE = "stalled for 59s".length;
/** A reason cut shorter than this says nothing. */
const MIN_REASON = 10;

/**
 * Draws clocks as a table: a line each with state, name, time, address and, when one is lost, why.
 *
 * No line is longer than the canvas is wide: what does not fit goes, the reason first, then the address, then the state
 * in words, and at last the end of long names. Clocks that do not fit in its height are counted below the others.
 *
 * @returns lines, each ended by LF.
 */
export function drawWall(faces: readonly WallFace[], canvas: Canvas): string {
  const room = Math.max(canvas.rows - FRAME_LINES, 1);
  const shown = faces.length > room ? faces.slice(0, Math.max(room - 1, 1)) : faces;
  const rows = shown.map((face) => toCells(face, canvas.now));
  const width = Math.max(canvas.columns - MARGIN, 0);
  const widths = fit(rows, width);
  const paint = createPaint(canvas.isColoured);
  const headings = HEADINGS.map((text): Cell => ({ text, style: "dim" }));
  const table = [headings, ...rows].map((cells) => layOut(cells, widths, paint));
  if (shown.length < faces.length)
    table.push(`${" ".repeat(MARGIN)}${paint("dim", `… ${faces.length - shown.length} more`)}`);
  return ["", ...table, "", layOut([summary(faces, canvas.hint)], [width], paint)].map((line) => `${line}\n`).join("");
}

function toCells(face: WallFace, now: number): Cell[] {
  const style = STYLES[face.state];
  const isTicking = face.state === "ticking";
  return [
    { text: MARKS[face.state], style },
    { text: face.name, style: "bold" },
    { text: face.time ?? NO_TIME, style: isTicking ? "bold" : "dim" },
    { text: isTicking ? "ticking" : `${face.state} for ${formatAge(now - face.since)}`, style },
    { text: face.address, style: "dim" },
    { text: (face.state === "lost" && face.error) || "", style: "dim" },
  ];
}

/** The columns' widths, 0 for one that is left out. */
function fit(rows: readonly (readonly Cell[])[], columns: number): number[] {
  const widths = HEADINGS.map((heading, at) =>
    Math.max(heading.length, ...rows.map((cells) => stringWidth(cells[at]?.text ?? ""))),
  );
  const [, name = 0, , state = 0, , reason = 0] = widths;
  const excess = (): number => Math.max(total(widths) - columns, 0);
  widths[STATE] = Math.max(state, USUAL_STATE);
  if (excess() > 0) widths[STATE] = state;
  widths[REASON] = reason - excess() >= MIN_REASON ? reason - excess() : Math.min(reason, excess() === 0 ? reason : 0);
  for (const at of [ADDRESS, STATE]) if (excess() > 0) widths[at] = 0;
  widths[NAME] = Math.max(name - excess(), MIN_NAME);
  return widths;
}

const NAME = 1;
const STATE = 3;
const ADDRESS = 4;
const REASON = 5;

function total(widths: readonly number[]): number {
  const used = widths.filter((width) => width > 0);
  return used.reduce((sum, width) => sum + width, 0) + GAP * Math.max(used.length - 1, 0);
}

function layOut(cells: readonly Cell[], widths: readonly number[], paint: Paint): string {
  const parts = cells.flatMap(({ text, style }, at) => {
    const width = widths[at] ?? 0;
    if (width === 0) return [];
    const shown = cut(text, width);
    return [`${paint(style, shown)}${" ".repeat(width - stringWidth(shown))}`];
  });
  return `${" ".repeat(MARGIN)}${parts.join(" ".repeat(GAP)).trimEnd()}`;
}

function summary(faces: readonly WallFace[], hint: string): Cell {
  const ticking = faces.filter(({ state }) => state === "ticking").length;
  return { text: `${ticking} of ${faces.length} ticking${hint === "" ? "" : ` · ${hint}`}`, style: "dim" };
}
