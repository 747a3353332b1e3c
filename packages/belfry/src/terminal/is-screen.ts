import type { Io } from "../io.js";

/** Whether the output is a terminal on which lines can be drawn over. */
export function isScreen({ stdout, env }: Pick<Io, "stdout" | "env">): boolean {
  return stdout.isTTY === true && env["TERM"] !== "dumb";
}
