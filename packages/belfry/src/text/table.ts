/** Lays out rows in columns as wide as their widest cell, two blanks apart, under headings and a rule; ends in a newline. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, at) => Math.max(heading.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd();
  const rule = widths.map((width) => "─".repeat(width));
  return [headings, rule, ...rows].map((cells) => `${line(cells)}\n`).join("");
}
