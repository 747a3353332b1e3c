/** @import { Column, Ratio, Result, Row } from "./types.js" */

export const START = "<!-- bench:start -->";
export const END = "<!-- bench:end -->";

/**
 * The text with what stands between the two marks replaced.
 *
 * @param {string} text
 * @param {string} block
 * @throws {Error} when the marks are not there, once each and in order
 */
export function replaceBlock(text, block) {
  const [before, between, ...more] = text.split(START);
  const [, after, ...furtherEnds] = (between ?? "").split(END);
  if (after === undefined || more.length > 0 || furtherEnds.length > 0) {
    throw new Error(`Cannot place the tables: expected one ${START} and one ${END} behind it`);
  }
  return `${before}${START}\n\n${block}\n\n${END}${after}`;
}

/**
 * All results as Markdown, with where they come from.
 *
 * @param {readonly Result[]} results
 */
export function formatBlock(results) {
  if (results.length === 0) return "No results yet: `npm run bench`.";
  return [formatOrigin(results), ...results.map(formatResult)].join("\n\n");
}

/** @param {readonly Result[]} results */
function formatOrigin(results) {
  const [{ machine, versions }] = /** @type {[Result]} */ (results);
  const short = (/** @type {string} */ name) => /v?(\d+(\.\d+)+)/.exec(versions[name] ?? "")?.[1];
  const known = ["node", "go", "bun", "deno"].flatMap((name) =>
    short(name) === undefined ? [] : [`${name === "go" ? "Go" : capitalize(name)} ${short(name)}`],
  );
  return `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; ${known.join(", ")}.`;
}

/** @param {string} word */
function capitalize(word) {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}

/** @param {Result} result */
function formatResult(result) {
  const { title, about, cases, peers, rows, takenAt, commit } = result;
  const shown = peers.filter((peer) => rows.some((row) => row.peer === peer.name));
  const head = ["", ...cases.map((at) => at.title)];
  const body = shown.map((peer) => [
    peer.name.startsWith("belfry") ? `**${peer.label}**` : peer.label,
    ...cases.map((at) =>
      formatCell(
        result,
        rows.find((row) => row.peer === peer.name && row.case === at.name),
      ),
    ),
  ]);
  const noisy = rows.some((row) => row.isNoisy) ? " `~`: too few undisturbed samples." : "";
  return [
    `#### ${title}`,
    `${about} ${formatLegend(result)}${noisy} Taken ${takenAt.slice(0, 10)} at \`${commit}\`.`,
    formatTable([head, ...body]),
    ...formatMissing(result),
  ].join("\n\n");
}

/**
 * A table whose columns line up in the source too: names to the left, figures to the right.
 *
 * @param {readonly (readonly string[])[]} rows the head first
 */
function formatTable(rows) {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(i === 0 ? 3 : 4, ...rows.map((row) => row[i]?.length ?? 0)));
  const pad = (/** @type {string} */ cell, /** @type {number} */ i) =>
    i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  const rule = widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  const [head, ...body] = rows.map((row) => row.map(pad));
  return [head ?? [], rule, ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** @param {Result} result */
function formatLegend({ columns, peers, reference }) {
  const label = peers.find((peer) => peer.name === reference)?.label ?? reference;
  const titles = columns.map((column) => column.title).join(" / ");
  const isRelative = columns.some((column) => column.format === "ratio");
  return isRelative ? `Shown: ${titles}, as ratios to ${label} where they are ×.` : `Shown: ${titles}.`;
}

/**
 * @param {Result} result
 * @param {Row | undefined} row
 */
export function formatCell({ columns }, row) {
  if (row === undefined) return "";
  const figures = columns.map((column) => formatFigure(column, row));
  return `${row.isNoisy ? "~" : ""}${figures.join(" / ")}`;
}

/**
 * @param {Column} column
 * @param {Row} row
 */
function formatFigure({ figure, format }, row) {
  if (format === "ratio") return formatRatio(row.ratios[figure]);
  const value = row.figures[figure];
  if (value === undefined || !Number.isFinite(value)) return "–";
  if (format === "percent") return `${(value * 100).toFixed(0)} %`;
  return format === "count" ? Math.round(value).toLocaleString("en") : value.toFixed(value < 10 ? 2 : 1);
}

/** @param {Ratio | undefined} ratio */
function formatRatio(ratio) {
  if (ratio === undefined) return "–";
  return `${ratio.median.toFixed(ratio.median < 9.95 ? 2 : 1)}×`;
}

/** @param {Result} result */
function formatMissing({ missing }) {
  if (missing.length === 0) return [];
  return [`Left out: ${missing.map(({ peer, reason }) => `${peer} (${reason})`).join("; ")}.`];
}
