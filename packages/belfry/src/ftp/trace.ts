import { printable } from "./names.js";

/** What listens to the conversation with a server. */
export interface Trace {
  /** Takes the library's own account of what is sent (`> `) and comes in (`< `). */
  readonly log: (message: string) => void;
  /** The 421 with which the server took its leave, if it did. */
  readonly farewell: () => string | null;
}

/** @param onLine gets each line of the conversation, fit for a terminal. */
export function createTrace(onLine: (line: string) => void): Trace {
  let farewell: string | null = null;
  return {
    log(message) {
      // The rest are its remarks, and listings in full.
      if (!/^[<>] /.test(message)) return;
      for (const line of message.slice(2).split(/\r?\n/)) {
        if (line === "") continue;
        if (message.startsWith("<") && /^421[ -]/.test(line)) farewell = printable(line);
        onLine(`${message.slice(0, 2)}${printable(line)}`);
      }
    },
    farewell: () => farewell,
  };
}
