import type { Input } from "../io.js";

/** What terminals send for keys that are no characters. */
const SEQUENCES: Readonly<Record<string, string>> = {
  "\t": "tab",
  "\u001B[Z": "shift-tab",
  "\u001B[A": "up",
  "\u001B[B": "down",
  "\u001B[C": "right",
  "\u001B[D": "left",
  "\u001BOA": "up",
  "\u001BOB": "down",
  "\u001BOC": "right",
  "\u001BOD": "left",
  "\u001B": "escape",
  "\u0003": "interrupt",
};

/** The keys in what a terminal has sent: characters as they are, others by name; those without one are left out. */
export function readKeys(text: string): string[] {
  // eslint-disable-next-line no-control-regex -- they are what is read
  const parts = text.match(/\u001B(?:\[[\d;]*[@-~]|O[@-~])|[^]/gu) ?? [];
  return parts.flatMap((part) => SEQUENCES[part] ?? (/^[^\p{C}]$/u.test(part) ? [part] : []));
}

/** Whether keys can be read one by one. */
export function hasKeys(input: Input): boolean {
  return input.isTTY === true && input.setRawMode !== undefined;
}

/**
 * Calls back on each key, the terminal in raw mode; Ctrl-C is then the key `interrupt`. Does nothing when the input is no
 * input.
 *
 * @returns puts the terminal back as it was.
 */
export function onKeys(input: Input, onKey: (key: string) => void): () => void {
  if (!hasKeys(input)) return () => {};
  const onData = (data: Buffer | string): void => readKeys(String(data)).forEach(onKey);
  input.setRawMode?.(true);
  input.on("data", onData);
  return () => {
    input.off("data", onData);
    input.setRawMode?.(false);
    input.pause();
  };
}
