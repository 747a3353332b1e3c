/** Shows a measured time in about three figures: `12ms`, `1.53s`, `4m10s`. */
export function formatSpan(duration: number): string {
  if (duration < 1000) return `${Math.round(duration)}ms`;
  if (duration < 60_000) return `${(duration / 1000).toFixed(duration < 10_000 ? 2 : 1)}s`;
  const seconds = Math.round(duration / 1000);
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
