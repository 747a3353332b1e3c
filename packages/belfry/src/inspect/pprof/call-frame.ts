import type { Runtime } from "node:inspector";
import type { Frame } from "./profile-builder.js";

/** What V8 says of a function, as a frame. V8 counts lines from 0 and gives -1 for what has none. */
export function toFrame({ functionName, url, lineNumber }: Runtime.CallFrame, line?: number): Frame {
  const startLine = lineNumber + 1;
  return { name: functionName, file: url, startLine, line: line ?? startLine };
}
