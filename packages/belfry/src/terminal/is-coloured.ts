import type { Io } from "../io.js";
import { isScreen } from "./is-screen.js";

/**
 * Whether standard output is written in colours: to a terminal that can be drawn to, unless `NO_COLOR` is set.
 *
 * @see https://no-color.org
 */
export function isColoured(io: Pick<Io, "stdout" | "env">): boolean {
  return isScreen(io) && !io.env["NO_COLOR"];
}
