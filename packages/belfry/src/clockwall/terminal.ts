import type { Input, Io } from "../io.js";

/** Whether the output is a terminal on which lines can be drawn over. */
export function isScreen({ stdout, env }: Io): boolean {
  return stdout.isTTY === true && env["TERM"] !== "dumb";
}

/**
 * Calls back on the keys that end a full-screen view: `q` and Ctrl-C, which a terminal in raw mode does not turn into a
 * signal. Does nothing when the input is no terminal.
 *
 * @returns puts the terminal back as it was.
 */
export function onQuitKey(input: Input, onKey: (key: "q" | "interrupt") => void): () => void {
  const terminal = input as Input & { setRawMode?: (isRaw: boolean) => unknown };
  if (terminal.isTTY !== true || terminal.setRawMode === undefined) return () => {};
  const onData = (data: Buffer | string): void => {
    const keys = String(data);
    if (keys.includes("\u0003")) onKey("interrupt");
    else if (/q/i.test(keys)) onKey("q");
  };
  terminal.setRawMode(true);
  terminal.on("data", onData);
  return () => {
    terminal.off("data", onData);
    terminal.setRawMode?.(false);
    terminal.pause();
  };
}
