import { basename, isAbsolute } from "node:path";
import { sourcePlace } from "./source-place.js";

/** What was thrown in one line, with the place in the user's own code that it was thrown at. */
export function describeThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `it threw ${String(thrown)}`;
  const { message, stack = "" } = thrown;
  // A line of text, and the place below it: the transpiler's way to tell of broken syntax.
  const [, reason, line, column] = /^ParseError: (.*?)\s*\n.*?:(\d+):(\d+)/s.exec(message) ?? [];
  if (reason !== undefined) return `line ${line}, column ${Number(column) + 1}: ${reason.toLowerCase()}`;
  const [first = ""] = message.split("\n");
  const place = placeOf(stack);
  return place === null ? first : `${first} (at ${place})`;
}

function placeOf(stack: string): string | null {
  for (const line of stack.split("\n")) {
    const [, scheme, file, ...where] = /^\s+at (?:.*\()?(file:\/\/)?([^()]+?):(\d+):(\d+)\)?$/.exec(line) ?? [];
    if (file === undefined || /^node:|[\\/](?:node_modules|jiti)[\\/]/.test(file)) continue;
    const thrown = { line: Number(where[0]), column: Number(where[1]) };
    // The runtime's own loader names modules by URL; there the text is the module's own.
    const place = scheme === undefined && isAbsolute(file) ? sourcePlace(file, thrown) : thrown;
    return `${basename(file)}:${place.line}:${place.column}`;
  }
  return null;
}
