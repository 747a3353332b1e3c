import type { Wall } from "@belfry/clock";
import type { Io } from "../io.js";
import { hasKeys } from "../terminal/keys.js";
import { LivePicture } from "../terminal/live-picture.js";
import { drawWall } from "./draw.js";

/** Clocks tick within milliseconds of each other: what comes in this time is drawn at once. */
const GATHER = 20;
const SECOND = 1000;

/**
 * Shows a wall on the terminal, redrawn in place, until the wall is closed. The last picture stays, and the cursor is
 * back when the promise settles.
 */
export async function showWall(wall: Wall, io: Io): Promise<void> {
  let hint = hasKeys(io.stdin) ? "q quits" : "Ctrl-C quits";
  let soon: NodeJS.Timeout | undefined;
  const picture = new LivePicture(io, (frame) => {
    clearTimeout(soon);
    soon = undefined;
    return drawWall(wall.faces, { ...frame, hint, now: Date.now() });
  });
  picture.open({ isCleared: false });
  // How long a clock has been lost goes on without news of it.
  const every = setInterval(() => picture.draw(), SECOND);
  try {
    for await (const _face of wall) soon ??= setTimeout(() => picture.draw(), GATHER);
  } finally {
    clearInterval(every);
    hint = "";
    picture.close();
  }
}
