import { createLogUpdate } from "log-update";
import type { Io, Output } from "../io.js";
import { isColoured } from "./is-coloured.js";
import { sized, sizeOf } from "./size-of.js";

const HIDE_CURSOR = "\u001B[?25l";
const SHOW_CURSOR = "\u001B[?25h";
const CLEAR_SCREEN = "\u001B[2J\u001B[H";

/** What a picture is drawn into. */
export interface PictureFrame {
  readonly columns: number;
  readonly rows: number;
  readonly isColoured: boolean;
}

/** A picture on the terminal that is drawn again and again in its place, also when the terminal's size changes. */
export class LivePicture {
  readonly #output: Output;
  readonly #isColoured: boolean;
  readonly #make: (frame: PictureFrame) => string;
  readonly #update: ReturnType<typeof createLogUpdate>;

  /** @param make the picture as it is now: lines, each ended by LF. */
  constructor({ stdout, env }: Io, make: (frame: PictureFrame) => string) {
    this.#output = stdout;
    this.#isColoured = isColoured({ stdout, env });
    this.#make = make;
    // Its own hiding of the cursor goes to standard error, which may be elsewhere.
    this.#update = createLogUpdate(sized(stdout), { showCursor: true });
  }

  /** Draws for the first time. {@link close} follows. Whenever drawing throws, the cursor is back. */
  open({ isCleared }: { readonly isCleared: boolean }): void {
    this.#output.write(isCleared ? HIDE_CURSOR + CLEAR_SCREEN : HIDE_CURSOR);
    this.#output.on("resize", this.#redraw);
    this.draw();
  }

  draw(): void {
    try {
      this.#update(this.#make({ ...sizeOf(this.#output), isColoured: this.#isColoured }));
    } catch (error) {
      this.#giveBack();
      throw error;
    }
  }

  /** Draws for the last time. The picture stays, and the cursor is back. */
  close(): void {
    this.draw();
    this.#giveBack();
  }

  #giveBack(): void {
    this.#output.off("resize", this.#redraw);
    this.#update.done();
    this.#output.write(SHOW_CURSOR);
  }

  /** Terminals wrap what stood there anew, so there is no telling where it is. */
  readonly #redraw = (): void => {
    this.#update.done();
    this.#output.write(CLEAR_SCREEN);
    this.draw();
  };
}
