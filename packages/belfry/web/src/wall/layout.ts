/** What clocks have to fit into, in pixels. */
export interface Room {
  readonly width: number;
  readonly height: number;
}

/** How clocks are laid out. */
export interface Layout {
  readonly columns: number;
  /** The diameter of a dial, in pixels. */
  readonly dial: number;
}

/** A cell is so many dials wide and high: the dial, the space around it, and what stands below. */
const CELL_WIDTH = 1.18;
const CELL_HEIGHT = 1.58;
/** What a last row with nothing in it would cost, as a share of the dial. */
const HOLE = 0.06;
/** Smaller dials cannot be read: then the page scrolls. */
const MIN_DIAL = 128;
const MIN_DIAL_SCROLLED = 132;

/** Finds the number of columns that makes dials as large as they can be. */
export function layOut(clocks: number, { width, height }: Room): Layout {
  let best = { columns: 1, dial: 0, score: 0 };
  for (let columns = 1; columns <= Math.max(clocks, 1); columns++) {
    const rows = Math.ceil(clocks / columns);
    const dial = Math.min(width / columns / CELL_WIDTH, height / Math.max(rows, 1) / CELL_HEIGHT);
    // Rows that are full look better, when it makes hardly a difference.
    const score = dial * (1 - (HOLE * (rows * columns - clocks)) / columns);
    if (score > best.score) best = { columns, dial, score };
  }
  if (best.dial >= MIN_DIAL || clocks === 0) return { columns: best.columns, dial: best.dial };
  const columns = Math.min(Math.max(Math.floor(width / (MIN_DIAL_SCROLLED * CELL_WIDTH)), 1), clocks);
  return { columns, dial: Math.max(width / columns / CELL_WIDTH, MIN_DIAL) };
}
