/** @import { Ratio, Result, Row } from "./types.js" */

/**
 * A result for the terminal: every figure of every row, with the spread of the ratios.
 *
 * @param {Result} result
 */
export function formatReport({ title, method, cases, peers, rows, missing }) {
  const parts = [`\n${title}\n  ${method}`];
  for (const at of cases) {
    const here = peers.flatMap(({ name }) => rows.filter((row) => row.peer === name && row.case === at.name));
    if (here.length > 0) parts.push(`\n${at.title}\n${align(here.map(formatRow))}`);
  }
  for (const { peer, reason } of missing) parts.push(`left out: ${peer}: ${reason}`);
  return parts.join("\n");
}

/** @param {Row} row */
function formatRow(row) {
  const ratios = Object.entries(row.ratios).map(([name, ratio]) => `${name} ${formatRatio(ratio)}`);
  const figures = Object.entries(row.figures).map(([name, value]) => `${name} ${formatNumber(value)}`);
  return [`  ${row.peer}`, ...ratios, ...figures, `n ${row.samples}/${row.taken}${row.isNoisy ? " noisy" : ""}`];
}

/** @param {Ratio} ratio */
function formatRatio({ median, low, high }) {
  return `${median.toFixed(3)}× [${low.toFixed(2)}–${high.toFixed(2)}]`;
}

/** @param {number} value */
function formatNumber(value) {
  if (!Number.isFinite(value)) return "–";
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}

/** @param {readonly string[][]} rows */
function align(rows) {
  const widths = rows.reduce(
    (widest, row) => row.map((cell, i) => Math.max(cell.length, widest[i] ?? 0)),
    /** @type {number[]} */ ([]),
  );
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
