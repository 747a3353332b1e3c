/** How a process ended, in words: `status 1`, `SIGKILL`. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return signal ?? (code === null ? "an unknown status" : `status ${code}`);
}
