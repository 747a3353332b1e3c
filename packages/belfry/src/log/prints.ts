import type { CutLine } from "./line-cutter.js";

/** What a process has printed: a line of it, or a piece of a long one. */
export interface PrintedLine extends CutLine {
  readonly stream: "stdout" | "stderr";
}

/** Where it goes. */
export interface Prints {
  write(lines: readonly PrintedLine[]): void;
  /** Resolves when more should be written; `null` when it may be now. Whoever writes all the same is not refused. */
  readonly room: Promise<void> | null;
}
