const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** The last `width` values as bars, the highest of them full; blanks before the first. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width);
  const highest = Math.max(...shown, 0);
  const bars = shown.map((value) => {
    const height = highest === 0 ? 0 : Math.ceil((value / highest) * (BARS.length - 1));
    return BARS[Math.max(height, 0)] ?? BARS[0];
  });
  return bars.join("").padStart(width);
}
