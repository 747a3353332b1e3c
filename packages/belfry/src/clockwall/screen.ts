import type { Wall } from "@belfry/clock";
import { createLogUpdate } from "log-update";
import type { Io, Output } from "../io.js";
import { drawWall } from "./draw.js";

const HIDE_CURSOR = "\u001B[?25l";
const SHOW_CURSOR = "\u001B[?25h";
const CLEAR_SCREEN = "\u001B[2J\u001B[H";
/** Clocks tick within milliseconds of each other: what comes in this time is drawn at once. */
const GATHER = 20;
const SECOND = 1000;

/**
 * Shows a wall on the terminal, redrawn in place, until the wall is closed. The last picture stays, and the cursor is
 * back when the promise settles.
 */
export async function showWall(wall: Wall, io: Io): Promise<void> {
  const screen = new Screen(wall, io, io.stdin.isTTY === true ? "q quits" : "Ctrl-C quits");
  screen.open();
  try {
    for await (const _face of wall) screen.drawSoon();
  } finally {
    screen.close();
  }
}

class Screen {
  readonly #wall: Wall;
  readonly #output: Output & { readonly rows?: number };
  readonly #isColoured: boolean;
  readonly #update: ReturnType<typeof createLogUpdate>;
  #hint: string;
  #soon: NodeJS.Timeout | undefined;
  #every: NodeJS.Timeout | undefined;

  constructor(wall: Wall, { stdout, env }: Io, hint: string) {
    this.#wall = wall;
    this.#output = stdout;
    // See no-color.org.
    this.#isColoured = !env["NO_COLOR"];
    this.#hint = hint;
    // Its own hiding of the cursor goes to standard error, which may be elsewhere.
    this.#update = createLogUpdate(stdout, { showCursor: true });
  }

  open(): void {
    this.#output.write(HIDE_CURSOR);
    this.#output.on("resize", this.#redraw);
    this.#draw();
    // How long a clock has been lost goes on without news of it.
    this.#every = setInterval(() => this.#draw(), SECOND);
  }

  drawSoon(): void {
    this.#soon ??= setTimeout(() => this.#draw(), GATHER);
  }

  close(): void {
    clearInterval(this.#every);
    this.#output.off("resize", this.#redraw);
    this.#hint = "";
    this.#draw();
    this.#update.done();
    this.#output.write(SHOW_CURSOR);
  }

  /** Terminals wrap what stood there anew, so there is no telling where it is. */
  readonly #redraw = (): void => {
    this.#update.done();
    this.#output.write(CLEAR_SCREEN);
    this.#draw();
  };

  #draw(): void {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    const { columns = 80, rows = 24 } = this.#output;
    const canvas = { columns, rows, isColoured: this.#isColoured, hint: this.#hint, now: Date.now() };
    this.#update(drawWall(this.#wall.faces, canvas));
  }
}
