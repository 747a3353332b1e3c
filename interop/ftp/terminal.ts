import { fileURLToPath } from "node:url";
import type { Site } from "./site.js";

const TERMINAL = fileURLToPath(new URL("terminal.py", import.meta.url));

/** A text that a program shows, and what is typed then: at once, or when there is something in a file. */
export type Step = readonly [shown: string, typed: string, file?: string];

/** Runs a program at a terminal and gives all that the terminal showed. Needs Python. */
export function atTerminal(site: Site, command: readonly string[], steps: readonly Step[]): Promise<string> {
  return site.run(["python3", TERMINAL, ...command], JSON.stringify(steps));
}
